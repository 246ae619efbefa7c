"""The decision: one report and one reference version -> who leads, who cooperates, by when, and why. Pure."""

from uuid import UUID

from msgspec.structs import replace

from services.contracts.codec import event_id_of
from services.contracts.events.dispatch import CaseDispatched, CaseReturned, Explanation
from services.contracts.events.report import Place, ReportFacts
from services.reference.deciding.choosing import Choice, by_lane, by_rules, choose, consult
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.guards import cooperators
from services.reference.deciding.resolving import Scene
from services.reference.deciding.terms import Terms

FIRST_ATTEMPT = 1


def decide(report: ReportFacts, reference: CompiledReference, epoch: int) -> CaseDispatched:
    """Return the first decision on a report. The same report, version and epoch give the same bytes.

    Never without a lead: what no rule decides goes to the command center, with the reason, and its clocks run.
    """
    located = _located(report, reference)
    choice = choose(located, located.place, reference)
    return _dispatched(choice, located, reference, attempt=FIRST_ATTEMPT, event_id=_event_id(report, epoch))


def undecidable(report: ReportFacts, reference: CompiledReference, epoch: int, reason: str) -> CaseDispatched:
    """Return the decision on a report whose rules broke: the command center, with the reason."""
    choice = consult(report, reference, reason)
    return _dispatched(choice, report, reference, attempt=FIRST_ATTEMPT, event_id=_event_id(report, epoch))


def redecide(returned: CaseReturned, reference: CompiledReference, epoch: int) -> CaseDispatched:
    """Return the next decision on a returned case: the suggested department, else the next best rule, else the center.

    Departments that were tried are left out. Limits and promise stay those of the first decision (X-04).
    """
    report = replace(_located(returned.report, reference), item=returned.item or returned.report.item)
    choice = _next_choice(returned, report, reference)
    choice.terms = _first_terms(returned, choice.terms)
    event_id = event_id_of(epoch, report.case_id, "dispatched", returned.attempt)
    decided = _dispatched(choice, report, reference, attempt=returned.attempt, event_id=event_id)
    return replace(decided, report=returned.report)


def _event_id(report: ReportFacts, epoch: int) -> UUID:
    return event_id_of(epoch, report.case_id, "dispatched", FIRST_ATTEMPT)


def _located(report: ReportFacts, reference: CompiledReference) -> ReportFacts:
    place = reference.organisation.place_of(report.place)
    return report if place is report.place else replace(report, place=place)


def _next_choice(returned: CaseReturned, report: ReportFacts, reference: CompiledReference) -> Choice:
    if report.lane != "ordinary":
        return _next_in_lane(returned, report, reference)
    suggested = _suggested(returned, report, report.place, reference)
    if suggested is not None:
        return suggested
    by_rule = next(by_rules(report, report.place, reference, returned.tried), None)
    return by_rule or consult(report, reference, f"returned by {', '.join(returned.tried)}; no other rule matches")


def _suggested(
    returned: CaseReturned, report: ReportFacts, place: Place, reference: CompiledReference
) -> Choice | None:
    """Return the choice that the returning department names, if it is a department, untried, not accused."""
    unit, organisation = returned.suggested, reference.organisation
    if unit in returned.tried or unit not in organisation.departments() or organisation.is_under(unit, report.accused):
        return None
    item = reference.items.get(report.item) if report.item else None
    notes: list[str] = []
    scene = Scene(reference, place, item.code if item else None)
    names = item.cooperating if item else ()
    return Choice(
        lead=unit,
        cooperating=cooperators(names, unit, report.accused, scene, notes),
        item=item,
        terms=reference.terms[item.code] if item else reference.unclassified,
        matched=(f"suggested by {returned.tried[-1] if returned.tried else 'a department'}",),
        notes=notes,
    )


def _next_in_lane(returned: CaseReturned, report: ReportFacts, reference: CompiledReference) -> Choice:
    """Return the choice for a sensitive case: it leaves its lane's unit for another lane's unit or upwards only."""
    choice = by_lane(report, reference)
    if choice.lead not in returned.tried:
        return choice
    organisation = reference.organisation
    unit = organisation.units.get(returned.suggested)
    barred = (*returned.tried, *report.accused)
    if unit is not None and unit.lanes and not organisation.is_under(unit.id, barred):
        choice.lead, choice.consulting = unit.id, False
        choice.matched = (*choice.matched, f"suggested by {returned.tried[-1]}")
        return choice
    center = consult(report, reference, f"returned by {', '.join(returned.tried)}")
    center.item, center.terms, center.matched = choice.item, choice.terms, choice.matched
    return center


def _first_terms(returned: CaseReturned, now: Terms) -> Terms:
    if returned.limits is None:
        return now
    return Terms(returned.tier or now.tier, returned.urgency or now.urgency, returned.limits)


def _dispatched(
    choice: Choice, report: ReportFacts, reference: CompiledReference, *, attempt: int, event_id: UUID
) -> CaseDispatched:
    terms = choice.terms
    return CaseDispatched(
        event_id=event_id,
        attempt=attempt,
        lead=choice.lead,
        cooperating=choice.cooperating,
        consulting=choice.consulting,
        tier=terms.tier,
        urgency=terms.urgency,
        item=choice.item.code if choice.item else None,
        limits=terms.limits,
        whistle_automatic=reference.policies.whistle.automatic,
        reference_version=reference.number,
        because=Explanation(rule=choice.rule, matched=choice.matched, beaten=choice.beaten, notes=tuple(choice.notes)),
        report=report,
    )
