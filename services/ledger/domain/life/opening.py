"""A case begins, and begins again with its next attempt: assignments and clocks of one decision."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from services.contracts.events import CaseDispatched, CaseProgressed, Explanation, Place, ReportRef
from services.contracts.events.progress import ClockKind, DecisionSuperseded, Dispatched, Opened, Role
from services.ledger.domain.city import City
from services.ledger.domain.clocks import ClockMaker, start_clock, start_stages, stop_all
from services.ledger.domain.life.asking import clear_request
from services.ledger.domain.state import CENTER, AssignmentRow, CaseDocument, CaseRow
from services.ledger.domain.stating import progressed, snapshot
from services.ledger.domain.taken import SYSTEM, TakenCase
from services.ledger.domain.tiers import passes_on_by_itself

Opening = tuple[CaseDocument, CaseProgressed]
"""The rows of a new case and its first fact."""


def open_case(decision: CaseDispatched, now: datetime, maker: ClockMaker, epoch: int) -> Opening:
    """Return the rows of a new case and its first fact.

    An accused unit never leads and never cooperates, whatever the decision says (X-10); then the center consults.
    """
    report = decision.report
    barred = decision.barred or report.accused
    lead, cooperating = without_barred(decision.lead, decision.cooperating, barred)
    consulting = decision.consulting or lead != decision.lead
    on_spot = report.on_the_spot and decision.tier == "G" and not consulting
    row = CaseRow(
        case_id=report.case_id,
        number=report.number,
        version=1,
        state="consulting" if consulting else "resolved_on_spot" if on_spot else "dispatched",
        attempt=1,
        lead=lead,
        cooperating=cooperating,
        tier=decision.tier,
        urgency=decision.urgency,
        item=decision.item,
        lane=report.lane,
        # Where everybody is accused the center keeps the case all the same: it is never ownerless.
        barred_units=[unit for unit in barred if unit != lead],
        subdistrict=report.place.subdistrict,
        accepted_at=report.accepted_at,
        opened_at=now,
        changed_at=now,
        handler=report.reported_by if on_spot else None,  # `ledger.open` writes the same
        reference_version=decision.reference_version,
        applied_version=maker.city.number,
        reports=[ReportRef(report.report_id, report.channel, report.has_contact)],
    )
    row.units = who_may_see(row, report.place)
    document = CaseDocument(case=row, decision=decision)
    _first_clocks(document, now, maker)
    opened = _opened(decision, consulting=consulting, on_spot=on_spot)
    clocks = tuple(snapshot(clock, decision.reference_version) for clock in document.clocks)
    return document, progressed(document, opened, SYSTEM, epoch, clocks)


def _opened(decision: CaseDispatched, *, consulting: bool, on_spot: bool) -> Opened:
    return Opened(
        because=_because(decision, on_spot=on_spot),
        limits=decision.limits,
        consulting=consulting,
        repeats=decision.report.repeats,
    )


def _first_clocks(document: CaseDocument, now: datetime, maker: ClockMaker) -> None:
    row, limits = document.case, document.decision.limits

    def clock(kind: ClockKind, unit: str, limit: str, since: datetime) -> datetime:
        made = maker.clock(row, limits, kind, unit, limit, since)
        document.clocks.append(made)
        return made.due_at

    promised = clock("promise", "", limits.promise, row.accepted_at)
    for unit in copies_for(row):
        document.assignments.append(assignment(row, unit, "copy", now, promised))
    if row.state == "resolved_on_spot":  # the work is done: the community looks at it (S4-07)
        clock("verification", "", maker.city.policies.life.on_spot_check, now)
        document.assignments.append(assignment(row, row.lead, "lead", now, promised))
        return
    if row.state == "consulting":
        clock("dispatch", CENTER, maker.city.policies.dispatch_limit(row.urgency), row.accepted_at)
    else:
        clock("sign_in", row.lead, limits.sign_in, now)
    for role, unit in parts_of(row.lead, row.cooperating):
        due_at = clock("handling", unit, limits.handling, now)
        document.assignments.append(assignment(row, unit, role, now, due_at))
    document.clocks += maker.stages(row, limits, row.lead, now)
    if passes_on_by_itself(row.lead, maker.city):
        clock("tier", row.lead, maker.city.policies.tier_keeps, now)


def _because(decision: CaseDispatched, *, on_spot: bool) -> Explanation:
    """Say also why what was reported as solved is dispatched all the same: only grid matters are (S4-07)."""
    if on_spot == decision.report.on_the_spot:
        return decision.because
    note = f"reported as solved on the spot; an item of tier {decision.tier} is looked at by its department"
    return replace(decision.because, notes=(*decision.because.notes, note))


def copies_for(row: CaseRow) -> list[str]:
    """Return who reads along: the district what a subdistrict leads, the department what its office leads (X-02)."""
    if row.lane != "ordinary":
        return []
    head, is_office, _ = row.lead.partition("@")
    readers = [CENTER] if row.lead == row.subdistrict else [head] if is_office else []
    return [unit for unit in readers if unit not in (*row.cooperating, *row.barred_units)]


def parts_of(lead: str, cooperating: Iterable[str]) -> list[tuple[Role, str]]:
    """Return each unit with its role, the lead first."""
    return [("lead", lead), *(("cooperating", unit) for unit in cooperating)]


def assignment(row: CaseRow, unit: str, role: Role, now: datetime, due_at: datetime) -> AssignmentRow:
    """Return an open assignment of the case's present attempt."""
    return AssignmentRow(
        case_id=row.case_id,
        attempt=row.attempt,
        unit=unit,
        role=role,
        handling_unit=unit,
        state="open",
        opened_at=now,
        due_at=due_at,
    )


def without_barred(lead: str, cooperating: Iterable[str], barred: Iterable[str]) -> tuple[str, list[str]]:
    """Return lead and cooperating units without the accused ones; an accused lead falls to the command center."""
    accused = set(barred)
    kept = [unit for unit in dict.fromkeys(cooperating) if unit not in accused and unit != lead]
    return (CENTER if lead in accused else lead), kept


def who_may_see(row: CaseRow, place: Place) -> list[str]:
    """Return the units that may see the case: those at work, and for ordinary cases the territory and the center."""
    seeing = [row.lead, *row.cooperating, *copies_for(row)]
    if row.lane == "ordinary":
        seeing += [unit for unit in (row.subdistrict, place.community, CENTER) if unit is not None]
    return [unit for unit in dict.fromkeys(seeing) if unit not in row.barred_units]


def open_next(case: TakenCase, decision: CaseDispatched, now: datetime, city: City) -> None:
    """Open the awaited attempt, or record a decision nobody waits for any more; a repeat changes nothing.

    The old lead stays until here, in the same transaction: a case is never ownerless (X-03).
    """
    row = case.case
    if decision.attempt <= row.attempt or decision.attempt in row.superseded:
        return
    if decision.attempt != row.attempt_awaited:
        row.superseded.append(decision.attempt)
        case.state_fact(DecisionSuperseded(decided_attempt=decision.attempt, lead=decision.lead), SYSTEM, now)
        return
    old_lead = row.lead
    hand_over(case, decision, now, city)
    if row.tried[-1:] == [row.lead]:  # corrected, and theirs all the same: they have not passed it on
        row.tried = row.tried[:-1]
    case.state_fact(Dispatched(old_lead=old_lead, because=decision.because, limits=decision.limits), SYSTEM, now)


def hand_over(case: TakenCase, decision: CaseDispatched, now: datetime, city: City) -> None:
    """End the present assignments and open those of `decision`; the promise to the resident is not touched."""
    row = case.case
    for old in case.open_assignments():
        old.state, old.ended_at = "ended", now
        case.touch(old)
    clear_request(case, now, city)
    for kind in ("dispatch", "sign_in", "handling", "tier"):
        stop_all(case, kind, now)
    row.attempt, row.attempt_awaited = decision.attempt, None
    row.lead, row.cooperating = without_barred(decision.lead, decision.cooperating, row.barred_units)
    row.item, case.document.decision, case.decision_changed = decision.item, decision, True
    row.tier, row.urgency = decision.tier, decision.urgency
    row.signed_in_at, row.designated = None, False
    row.units = who_may_see(row, decision.report.place)
    case.move_to("consulting" if decision.consulting or row.lead != decision.lead else "dispatched")
    if row.state == "consulting":
        start_clock(case, "dispatch", CENTER, city.policies.dispatch_limit(row.urgency), now, city)
    else:
        start_clock(case, "sign_in", row.lead, decision.limits.sign_in, now, city)
    for role, unit in parts_of(row.lead, row.cooperating):
        clock = start_clock(case, "handling", unit, decision.limits.handling, now, city)
        case.add(assignment(row, unit, role, now, clock.due_at))
    for unit in copies_for(row):
        case.add(assignment(row, unit, "copy", now, next(case.running("promise")).due_at))
    start_stages(case, row.lead, now, city)
    if passes_on_by_itself(row.lead, city):
        start_clock(case, "tier", row.lead, city.policies.tier_keeps, now, city)
