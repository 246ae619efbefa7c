"""A case begins, and begins again with its next attempt: assignments and clocks of one decision."""

from collections.abc import Iterable
from datetime import datetime

from services.contracts.events import Actor, CaseDispatched, CaseProgressed, Explanation, Place, ReportRef
from services.contracts.events.progress import DecisionSuperseded, Dispatched, Opened, Role
from services.ledger.domain.acts import Dispatch, RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import ClockMaker, start_clock, stop_all
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.life.who import center
from services.ledger.domain.state import CENTER, AssignmentRow, CaseDocument, CaseRow
from services.ledger.domain.taken import SYSTEM, TakenCase, progressed, snapshot


def open_case(
    decision: CaseDispatched, now: datetime, maker: ClockMaker, epoch: int
) -> tuple[CaseDocument, CaseProgressed]:
    """Return the rows of a new case and its first fact.

    An accused unit never leads and never cooperates, whatever the decision says (X-10); then the center consults.
    """
    report = decision.report
    lead, cooperating = without_barred(decision.lead, decision.cooperating, report.accused)
    consulting = decision.consulting or lead != decision.lead
    row = CaseRow(
        case_id=report.case_id,
        number=report.number,
        version=1,
        state="consulting" if consulting else "dispatched",
        attempt=1,
        lead=lead,
        cooperating=cooperating,
        tier=decision.tier,
        urgency=decision.urgency,
        item=decision.item,
        lane=report.lane,
        barred_units=list(report.accused),
        subdistrict=report.place.subdistrict,
        accepted_at=report.accepted_at,
        opened_at=now,
        changed_at=now,
        reference_version=decision.reference_version,
        applied_version=decision.reference_version,
        reports=[ReportRef(report.report_id, report.channel, report.has_contact)],
    )
    row.units = who_may_see(row, report.place)
    document = CaseDocument(case=row, decision=decision)
    _first_clocks(document, now, maker)
    opened = Opened(because=decision.because, limits=decision.limits, consulting=consulting)
    return document, progressed(document, opened, SYSTEM, epoch, tuple(map(snapshot, document.clocks)))


def _first_clocks(document: CaseDocument, now: datetime, maker: ClockMaker) -> None:
    row, limits = document.case, document.decision.limits

    def clock(kind: str, unit: str, limit: str, since: datetime) -> datetime:
        made = maker.clock(kind, unit, limit, since, row.case_id, row.urgency)  # type: ignore[arg-type]
        document.clocks.append(made)
        return made.due_at

    clock("promise", "", limits.promise, row.accepted_at)
    clock("sign_in", row.lead, limits.sign_in, now)
    for role, unit in parts_of(row.lead, row.cooperating):
        due_at = clock("handling", unit, limits.handling, now)
        document.assignments.append(assignment(row, unit, role, now, due_at))


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
    seeing = [row.lead, *row.cooperating]
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
    case.state_fact(Dispatched(old_lead=old_lead, because=decision.because, limits=decision.limits), SYSTEM, now)


def hand_over(case: TakenCase, decision: CaseDispatched, now: datetime, city: City) -> None:
    """End the present assignments and open those of `decision`; the promise to the resident is not touched."""
    row = case.case
    for old in case.open_assignments():
        old.state, old.ended_at = "ended", now
        case.touch(old)
    stop_all(case, "sign_in", now)
    stop_all(case, "handling", now)
    row.attempt, row.attempt_awaited = decision.attempt, None
    row.lead, row.cooperating = without_barred(decision.lead, decision.cooperating, row.barred_units)
    row.item, case.document.decision, case.decision_changed = decision.item, decision, True
    row.signed_in_at = None
    row.units = who_may_see(row, decision.report.place)
    case.move_to("consulting" if decision.consulting or row.lead != decision.lead else "dispatched")
    start_clock(case, "sign_in", row.lead, decision.limits.sign_in, now, city)
    for role, unit in parts_of(row.lead, row.cooperating):
        clock = start_clock(case, "handling", unit, decision.limits.handling, now, city)
        case.add(assignment(row, unit, role, now, clock.due_at))


def _dispatch_by_hand(case: TakenCase, asked: Asked) -> None:
    act: Dispatch = asked.act
    row = case.case
    for unit in (act.lead, *act.cooperating):
        if not asked.city.knows(unit):
            raise RefusedError("unknown-unit", f"there is no unit {unit}")
        if unit in row.barred_units:
            raise RefusedError("accused-unit", f"{unit} is accused in this case and cannot receive it")
    if act.lead in act.cooperating:
        raise RefusedError("lead-cooperates", "the lead cannot also cooperate")
    old_lead, decision = row.lead, case.decision
    by_hand = CaseDispatched(
        event_id=decision.event_id,
        attempt=max(row.attempt, row.attempt_awaited or 0) + 1,
        lead=act.lead,
        cooperating=act.cooperating,
        tier=decision.tier,
        urgency=decision.urgency,
        item=row.item,
        limits=decision.limits,
        whistle_automatic=decision.whistle_automatic,
        reference_version=row.reference_version,
        because=_by_hand_because(act, asked.actor),
        report=decision.report,
    )
    hand_over(case, by_hand, asked.now, asked.city)
    fact = Dispatched(old_lead=old_lead, because=by_hand.because, limits=by_hand.limits, by_hand=True)
    case.state_fact(fact, asked.actor, asked.now)


def _by_hand_because(act: Dispatch, actor: Actor) -> Explanation:
    return Explanation(matched=(f"dispatched by hand by {actor.unit}",), notes=(act.reason,))


TRANSITIONS = (
    Transition(
        act=Dispatch, by=center, source=OPEN - {"handled"}, to="dispatched", fact="dispatched", do=_dispatch_by_hand
    ),
)
