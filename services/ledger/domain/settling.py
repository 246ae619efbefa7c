"""Time is an act: owed steps take effect, each once, in the order they were owed (design §3)."""

from datetime import datetime

from services.contracts.events.progress import StepTaken, Supervision, Whistle
from services.ledger.domain.city import City
from services.ledger.domain.clocks import climb, stop
from services.ledger.domain.ladder import limit_of, rung_of
from services.ledger.domain.life.pausing import resume_by_date
from services.ledger.domain.state import CENTER, ClockRow, StepRow
from services.ledger.domain.taken import SYSTEM, TakenCase
from services.ledger.domain.whistle.kinds import blow, can_blow, whom_to_call
from services.reference.model.policies import Rung
from services.worktime.arithmetic import add


def settle(case: TakenCase, now: datetime, city: City, until: datetime | None = None) -> int:
    """Make every step owed by `until`, if not given by `now`, effective at `now`, each as a version of its own.

    Returns how many. A step may start or stop clocks, so what is owed is looked up anew after each.
    """
    taken = 0
    while (clock := _owed_first(case, until or now)) is not None:
        take = _take_resumption if clock.kind == "resume" else _take_step
        take(case, clock, now, city)
        taken += 1
    return taken


def _owed_first(case: TakenCase, now: datetime) -> ClockRow | None:
    owed = [clock for clock in case.clocks if clock.next_at is not None and clock.next_at <= now]
    return min(owed, key=_order, default=None)


def _order(clock: ClockRow) -> tuple[datetime, str, str, int, str]:
    return (clock.next_at or clock.due_at, clock.kind, clock.unit, clock.cycle, clock.next_step or "")


def _take_step(case: TakenCase, clock: ClockRow, now: datetime, city: City) -> None:
    rung = rung_of(city.policies.ladders[clock.ladder], clock.next_step or "")
    owed_at = clock.next_at or now
    marks_only = clock.kind == "promise" and case.case.whistle_open is not None
    whistle = None if marks_only else _whistle(case, rung, now, city)
    # The subdistrict leads itself: it cannot call itself, the center supervises instead (design §8).
    stands_in = rung.whistle and not marks_only and whistle is None and _leads_itself(case)
    supervision = None
    if not marks_only and (rung.supervision or stands_in):
        supervision = supervise(case, now, city)
    if clock.kind == "report_in":
        _mark_no_show(case, clock)
    case.case.problem_ticket = case.case.problem_ticket or (rung.problem_ticket and not marks_only)
    climb(clock, case, city)
    what = StepTaken(
        clock=clock.kind,
        unit=clock.unit,
        cycle=clock.cycle,
        step=rung.step,
        owed_at=owed_at,
        card=rung.card,
        marks_only=marks_only,
        whistle=whistle,
        supervision=supervision,
        proposal=None if marks_only else rung.proposal,
        problem_ticket=rung.problem_ticket and not marks_only,
    )
    _state(case, what, now)


def _take_resumption(case: TakenCase, clock: ClockRow, now: datetime, city: City) -> None:
    """The only step of a `resume` clock: the date of a suspension has come, the case goes on (design §8)."""
    owed_at = clock.next_at or now
    what = StepTaken(clock=clock.kind, unit=clock.unit, cycle=clock.cycle, step="resume", owed_at=owed_at)
    stop(clock, case, now)
    _state(case, what, now)
    resume_by_date(case, now, city)


def _state(case: TakenCase, what: StepTaken, now: datetime) -> None:
    """State the step as a version of its own, and keep its row: the natural key makes a second one impossible."""
    version = case.state_fact(what, SYSTEM, now)
    case.steps.append(
        StepRow(
            case_id=case.case.case_id,
            kind=what.clock,
            unit=what.unit,
            cycle=what.cycle,
            step=what.step,
            owed_at=what.owed_at,
            effective_at=now,
            version=version,
        )
    )


def _whistle(case: TakenCase, rung: Rung, now: datetime, city: City) -> Whistle | None:
    automatic = case.decision.whistle_automatic and city.policies.whistle.automatic
    if not (rung.whistle and automatic) or case.case.whistle_open is not None or not can_blow(case, city):
        return None
    kind = city.policies.whistle.kind_of[case.case.urgency]
    return blow(case, kind, whom_to_call(case, city), now, city, reason="")


def _leads_itself(case: TakenCase) -> bool:
    return case.case.lead == case.case.subdistrict


def supervise(case: TakenCase, now: datetime, city: City) -> Supervision:
    """Open the district's supervision order, or join the open one: a case has at most one (design §8)."""
    row = case.case
    reply_by = add(now, limit_of(city.policies.supervision_reply), city.calendar)
    if row.supervision_open is not None:
        return Supervision(number=row.supervision_open, reply_by=reply_by, joined=True)
    row.supervisions += 1
    row.supervision_open = row.supervisions
    if CENTER not in row.units and row.lane == "ordinary":
        row.units.append(CENTER)
    return Supervision(number=row.supervisions, reply_by=reply_by)


def _mark_no_show(case: TakenCase, clock: ClockRow) -> None:
    call = case.call(clock.cycle, clock.unit)
    if call is not None and call.state == "called":
        call.state = "no_show"
        case.touch(call)
