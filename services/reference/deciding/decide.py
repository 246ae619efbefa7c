"""The decision: one report and one reference version -> who leads, who cooperates, by when, and why. Pure."""

from msgspec.structs import replace

from services.contracts.codec import event_id_of
from services.contracts.events.dispatch import CaseDispatched, CaseReturned
from services.contracts.events.report import ReportFacts
from services.reference.deciding.choosing import Choice, by_lane, by_rules, choose, consult, terms_for
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.explain import because
from services.reference.deciding.guards import cooperators
from services.reference.deciding.resolving import Scene
from services.reference.deciding.terms import Terms

FIRST_ATTEMPT = 1


def decide(report: ReportFacts, reference: CompiledReference, epoch: int) -> CaseDispatched:
    """Return the first decision on a report. The same report, version and epoch give the same bytes.

    Never without a lead: what no rule decides goes to the command center, with the reason, and its clocks run.
    """
    scene = Scene(reference, _located(report, reference))
    choice = choose(scene)
    return _dispatched(choice, scene, scene.report, FIRST_ATTEMPT, epoch)


def chosen(report: ReportFacts, reference: CompiledReference) -> Choice:
    """Return the choice that `decide` makes, without its reasons and ids: for whoever only counts."""
    return choose(Scene(reference, _located(report, reference)))


def redecide(returned: CaseReturned, reference: CompiledReference, epoch: int) -> CaseDispatched:
    """Return the next decision on a returned case: the suggested department, else the next best rule, else the center.

    Departments that were tried are left out. Limits and promise stay those of the first decision (X-04). Of a corrected
    case only the promise does: the rules for the right item and place decide anew.
    """
    report = _located(returned.report, reference)
    scene = Scene(reference, replace(report, item=returned.item) if returned.item else report)
    choice = _corrected(scene) if returned.corrected else _next_choice(returned, scene)
    choice.terms = _promised(returned, choice.terms) if returned.corrected else _first_terms(returned, choice.terms)
    return _dispatched(choice, scene, report, returned.attempt, epoch)


def undecidable(
    report: ReportFacts, attempt: int, reference: CompiledReference, epoch: int, why: str
) -> CaseDispatched:
    """Return the decision on a report on which the rules broke: the command center, with the reason."""
    scene = Scene(reference, report)
    return _dispatched(consult(scene, why), scene, report, attempt, epoch)


def _located(report: ReportFacts, reference: CompiledReference) -> ReportFacts:
    place = reference.organisation.place_of(report.place)
    return report if place is report.place else replace(report, place=place)


def _next_choice(returned: CaseReturned, scene: Scene) -> Choice:
    if scene.report.lane != "ordinary":
        return _next_in_lane(returned, scene)
    if _may_be_suggested(returned, scene):
        return _suggested(returned, scene)
    by_rule = next(by_rules(scene, returned.tried), None)
    return by_rule or consult(scene, f"returned by {', '.join(returned.tried)}; no other rule matches")


def _corrected(scene: Scene) -> Choice:
    """Return what the rules say of the item that a person named; words of the report do not make it another one."""
    if scene.item is None or scene.report.lane != "ordinary" or scene.is_outside:
        return choose(scene)
    named = (choice for choice in by_rules(scene) if choice.item is scene.item)
    return next(named, consult(scene, f"no rule for item {scene.item.code} matches"))


def _may_be_suggested(returned: CaseReturned, scene: Scene) -> bool:
    """Whether the suggested unit is a department that nobody tried and nobody complains about."""
    unit, organisation = returned.suggested, scene.organisation
    if unit in returned.tried or unit not in organisation.department_set:
        return False
    return not organisation.is_under(unit, scene.report.accused)


def _suggested(returned: CaseReturned, scene: Scene) -> Choice:
    item, notes = scene.item, list[str]()
    return Choice(
        lead=returned.suggested,
        cooperating=cooperators(item.cooperating if item else (), returned.suggested, item, scene, notes),
        item=item,
        terms=terms_for(item, scene),
        matched=(f"suggested by {returned.tried[-1] if returned.tried else 'a department'}",),
        notes=tuple(notes),
    )


def _next_in_lane(returned: CaseReturned, scene: Scene) -> Choice:
    """Return the choice for a sensitive case: it leaves its lane's unit for another lane's unit, or for the center."""
    choice = by_lane(scene)
    if choice.lead not in returned.tried:
        return choice
    unit = scene.organisation.units.get(returned.suggested)
    barred = (*returned.tried, *scene.report.accused)
    if unit is not None and unit.lanes and not scene.organisation.is_under(unit.id, barred):
        choice.lead, choice.consulting = unit.id, False
        choice.matched = (*choice.matched, f"suggested by {returned.tried[-1]}")
        return choice
    center = consult(scene, f"returned by {', '.join(returned.tried)}")
    center.item, center.terms, center.matched = choice.item, choice.terms, choice.matched
    return center


def _promised(returned: CaseReturned, now: Terms) -> Terms:
    if returned.limits is None:
        return now
    return Terms(now.tier, now.urgency, replace(now.limits, promise=returned.limits.promise))


def _first_terms(returned: CaseReturned, now: Terms) -> Terms:
    if returned.limits is None:
        return now
    return Terms(returned.tier or now.tier, returned.urgency or now.urgency, returned.limits)


def barred_of(lead: str, report: ReportFacts, reference: CompiledReference) -> tuple[str, ...]:
    """Return who may never see the case; never its lead, who is accused only where everybody is."""
    if not report.accused:
        return ()
    return tuple(unit for unit in reference.organisation.barred_by(report.accused) if unit != lead)


def _dispatched(choice: Choice, scene: Scene, report: ReportFacts, attempt: int, epoch: int) -> CaseDispatched:
    reference, terms = scene.reference, choice.terms
    return CaseDispatched(
        event_id=event_id_of(epoch, report.case_id, "dispatched", attempt),
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
        because=because(choice, scene),
        barred=barred_of(choice.lead, report, reference),
        report=report,
    )
