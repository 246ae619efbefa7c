"""Choosing the lead: by lane, by the best rule, or, when nothing else holds, the command center."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from services.contracts.events.report import Place, ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.explain import beaten_by, conditions_of
from services.reference.deciding.guards import cooperators, duty_lead, recused
from services.reference.deciding.match import Found
from services.reference.deciding.resolving import Scene
from services.reference.deciding.terms import Terms
from services.reference.model.catalogue import Item
from services.reference.model.organisation import COMMAND_CENTER
from services.reference.model.rules import MINUTES_PER_DAY


@dataclass(slots=True, kw_only=True)
class Choice:
    """A decision in the making."""

    lead: str
    cooperating: tuple[str, ...] = ()
    consulting: bool = False
    item: Item | None = None
    terms: Terms
    rule: str | None = None
    matched: tuple[str, ...] = ()
    beaten: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def choose(report: ReportFacts, place: Place, reference: CompiledReference) -> Choice:
    """Return the best choice for a report at a place whose units are filled in."""
    if report.lane != "ordinary":
        return by_lane(report, reference)
    if _is_outside(place, reference):
        return _outside(report, place, reference)
    return next(by_rules(report, place, reference), None) or consult(report, reference, "no rule matches")


def by_rules(
    report: ReportFacts, place: Place, reference: CompiledReference, tried: Collection[str] = ()
) -> Iterator[Choice]:
    """Yield the choices of the matching rules, best first. Leads in `tried` are left out."""
    found = _find(report, place, reference)
    for position in found.positions():
        choice = _by_rule(position, found, report, place, reference)
        if choice.lead not in tried:
            yield choice


def by_lane(report: ReportFacts, reference: CompiledReference) -> Choice:
    """Return the choice for a sensitive report: its lane's own unit, alone."""
    item = reference.lane_item(report.lane)
    notes: list[str] = []
    unit = reference.organisation.lane_unit(report.lane) or COMMAND_CENTER
    lead = recused(unit, report.accused, reference.organisation, notes)
    return Choice(
        lead=lead,
        consulting=lead == COMMAND_CENTER,
        item=item,
        terms=reference.terms[item.code] if item else reference.unclassified,
        matched=(f"lane {report.lane}",),
        notes=notes,
    )


def consult(report: ReportFacts, reference: CompiledReference, *notes: str) -> Choice:
    """Return the choice of last resort: the command center leads until a person dispatches."""
    item = reference.items.get(report.item) if report.item else None
    reasons = list(notes)
    if report.item and item is None:
        reasons.append(f"item {report.item} is not in the catalogue")
    return Choice(
        lead=recused(COMMAND_CENTER, report.accused, reference.organisation, reasons),
        consulting=True,
        item=item,
        terms=reference.terms[item.code] if item else reference.unclassified,
        notes=reasons,
    )


def _is_outside(place: Place, reference: CompiledReference) -> bool:
    said = place.longitude is not None or place.grid or place.community or place.subdistrict
    return bool(said) and reference.organisation.smallest(place) is None


def _outside(report: ReportFacts, place: Place, reference: CompiledReference) -> Choice:
    """Return the command center, with the item that the rules see, so that an emergency keeps its limits."""
    choice = consult(report, reference, "the place lies outside the district's grids")
    found = _find(report, place, reference)
    for outcome in (reference.outcomes[position] for position in found.positions()):
        if outcome.item is not None and outcome.terms is not None:
            choice.item, choice.terms = outcome.item, outcome.terms
            break
    return choice


def _find(report: ReportFacts, place: Place, reference: CompiledReference) -> Found:
    item = reference.items.get(report.item) if report.item else None
    minute = _local_minute(report, reference) if reference.table.tells_time else 0
    return reference.table.find(report, item, reference.organisation.smallest(place), minute)


def _local_minute(report: ReportFacts, reference: CompiledReference) -> int:
    local = report.accepted_at.astimezone(reference.calendar.zone)
    return (local.hour * 60 + local.minute) % MINUTES_PER_DAY


def _by_rule(position: int, found: Found, report: ReportFacts, place: Place, reference: CompiledReference) -> Choice:
    outcome = reference.outcomes[position]
    item = outcome.item or (reference.items.get(report.item) if report.item else None)
    scene = Scene(reference, place, item.code if item else None)
    notes: list[str] = []
    lead, leads_itself = _lead(outcome.lead, item, scene, notes)
    lead = recused(lead, report.accused, reference.organisation, notes) if report.accused else lead
    return Choice(
        lead=lead,
        cooperating=cooperators(outcome.cooperating, lead, report.accused, scene, notes),
        consulting=not leads_itself or (lead == COMMAND_CENTER != outcome.lead),
        item=item,
        terms=reference.terms[item.code] if item else reference.unclassified,
        rule=outcome.rule.id,
        matched=tuple(conditions_of(outcome.rule, report, found.words, scene.path)),
        beaten=beaten_by(position, found, reference.table.rules),
        notes=notes,
    )


def _lead(name: str, item: Item | None, scene: Scene, notes: list[str]) -> tuple[str, bool]:
    """Return the lead, and whether it is one that a rule may have; otherwise it is the command center."""
    unit = scene.unit_for(name)
    if unit is None:
        notes.append(f"lead {name or 'unnamed'}: nobody found at this place")
        return COMMAND_CENTER, False
    lead = duty_lead(unit, item, scene.reference, notes)
    return (lead, True) if lead is not None else (COMMAND_CENTER, False)
