"""Choosing the lead: by lane, by the best rule, or, when nothing else holds, the command center."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from services.contracts.events.report import SpecialRoute
from services.reference.deciding.compile import Answer, Outcome
from services.reference.deciding.guards import cooperators, duty_lead, recused
from services.reference.deciding.match import Found
from services.reference.deciding.reach import ground_of
from services.reference.deciding.resolving import Scene
from services.reference.deciding.terms import Terms
from services.reference.model.catalogue import Item
from services.reference.model.organisation import COMMAND_CENTER

ANSWERS_MAX: Final = 50_000
"""Kept per version, some 15 MiB at most: rules times the communities or grids where their names differ."""
NO_RULE: Final = -1


class Choice(msgspec.Struct, kw_only=True):
    """A decision in the making, without its reasons: who only counts decisions needs none (`explain.because`)."""

    lead: str
    cooperating: tuple[str, ...] = ()
    consulting: bool = False
    item: Item | None = None
    terms: Terms
    position: int = NO_RULE
    """Of the rule in the table."""
    found: Found | None = None
    """What matched; None when no rule decided."""
    matched: tuple[str, ...] = ()
    """Why, where no rule decided."""
    notes: tuple[str, ...] = ()


def choose(scene: Scene) -> Choice:
    """Return the best choice for a report."""
    if scene.report.lane != "ordinary":
        return by_lane(scene)
    if scene.report.route is not None:
        return by_route(scene, scene.report.route)
    if scene.is_outside:
        return _outside(scene)
    found = _find(scene)
    mask = found.mask
    # The lowest bit is the best rule.
    return _by_rule((mask & -mask).bit_length() - 1, found, scene) if mask else consult(scene, "no rule matches")


def by_rules(scene: Scene, tried: Collection[str] = ()) -> Iterator[Choice]:
    """Yield the choices of the matching rules, best first. Leads in `tried` are left out."""
    found = _find(scene)
    for position in found.positions():
        choice = _by_rule(position, found, scene)
        if choice.lead not in tried:
            yield choice


def by_lane(scene: Scene) -> Choice:
    """Return the choice for a sensitive report: its lane's own unit, alone."""
    item = scene.reference.lane_item(scene.report.lane)
    notes: list[str] = []
    unit = scene.organisation.lane_unit(scene.report.lane) or COMMAND_CENTER
    lead = recused(unit, scene.report.accused, scene.organisation, notes)
    return Choice(
        lead=lead,
        consulting=lead == COMMAND_CENTER,
        item=item,
        terms=terms_for(item, scene),
        matched=(f"lane {scene.report.lane}",),
        notes=tuple(notes),
    )


def by_route(scene: Scene, route: SpecialRoute) -> Choice:
    """Return the choice for a special route: an emergency's service at once, otherwise the center with the reason.

    An item that the reporter named keeps its limits where it is an emergency itself.
    """
    advice = scene.reference.advice.get(route)
    if advice is None or advice.unit is None:
        choice = consult(scene)
        choice.matched = (f"special route {route}",)
        return choice
    item = scene.item if scene.item is not None and scene.item.urgency == "emergency" else None
    notes: list[str] = []
    lead = recused(advice.unit, scene.report.accused, scene.organisation, notes)
    helpers = (item.lead, *item.cooperating) if item else ()
    terms = None if item else scene.reference.route_terms.get(route)
    return Choice(
        lead=lead,
        cooperating=cooperators(helpers, lead, item, scene, notes),
        consulting=lead == COMMAND_CENTER,
        item=item,
        terms=terms or terms_for(item, scene),
        matched=(f"special route {route}",),
        notes=tuple(notes),
    )


def consult(scene: Scene, *notes: str) -> Choice:
    """Return the choice of last resort: the command center leads until a person dispatches."""
    reasons = list(notes)
    if scene.report.item and scene.item is None:
        reasons.append(f"item {scene.report.item} is not in the catalogue")
    return Choice(
        lead=recused(COMMAND_CENTER, scene.report.accused, scene.organisation, reasons),
        consulting=True,
        item=scene.item,
        terms=terms_for(scene.item, scene),
        notes=tuple(reasons),
    )


def terms_for(item: Item | None, scene: Scene) -> Terms:
    """Return the item's terms, or those of a report that nobody has classified yet."""
    return scene.reference.terms[item.code] if item else scene.reference.unclassified


def _outside(scene: Scene) -> Choice:
    """Return the command center, with the item that the rules see, so that an emergency keeps its limits."""
    choice = consult(scene, "the place lies outside the district's grids")
    for position in _find(scene).positions():
        item = scene.reference.outcomes[position].item
        if item is not None:
            choice.item, choice.terms = item, terms_for(item, scene)
            break
    return choice


def _find(scene: Scene) -> Found:
    return scene.reference.table.find(scene.report, scene.item, scene.smallest)


def _by_rule(position: int, found: Found, scene: Scene) -> Choice:
    outcome = scene.reference.outcomes[position]
    item = outcome.item or scene.item
    answer = _answer(position, outcome, item, scene)
    return Choice(
        lead=answer.lead,
        cooperating=answer.cooperating,
        consulting=answer.consulting,
        item=item,
        terms=outcome.terms or terms_for(item, scene),
        position=position,
        found=found,
        notes=answer.notes,
    )


def _answer(position: int, outcome: Outcome, item: Item | None, scene: Scene) -> Answer:
    """Return who an outcome means at this place; the same place and item need no second look."""
    if scene.report.accused:
        return _answer_anew(outcome, item, scene)
    known = scene.reference.answers
    ground = ground_of(scene.report.place, scene.smallest, outcome.reach)
    key = (position, ground, item.code if item else None, scene.era)
    answer = known.get(key)
    if answer is None:
        if len(known) >= ANSWERS_MAX:
            known.clear()
        answer = known[key] = _answer_anew(outcome, item, scene)
    return answer


def _answer_anew(outcome: Outcome, item: Item | None, scene: Scene) -> Answer:
    notes: list[str] = []
    lead, is_ruled = _lead(outcome.lead, item, scene, notes)
    if scene.report.accused:
        lead = recused(lead, scene.report.accused, scene.organisation, notes)
    helpers = cooperators(outcome.cooperating, lead, item, scene, notes)
    consulting = not is_ruled or (lead == COMMAND_CENTER != outcome.lead)
    return Answer(lead, helpers, consulting, tuple(notes))


def _lead(name: str, item: Item | None, scene: Scene, notes: list[str]) -> tuple[str, bool]:
    """Return the lead, and whether a rule may have it; otherwise it is the command center."""
    unit = scene.unit_for(name, item)
    if unit is None:
        notes.append(f"lead {name or 'unnamed'}: nobody found at this place")
        return COMMAND_CENTER, False
    lead = duty_lead(unit, item, scene, notes)
    return (lead, True) if lead is not None else (COMMAND_CENTER, False)
