"""A case whose clocks stand still, wait, or get longer: the clocks, and the due dates that follow them."""

from datetime import datetime

from services.contracts.events.life import Resumed
from services.ledger.domain.adjusting import Adjustment, Held, Lengthened, Paused, moved
from services.ledger.domain.city import City
from services.ledger.domain.clocks import reached, stop_all
from services.ledger.domain.ladder import limit_of, rung_of
from services.ledger.domain.state import ClockRow
from services.ledger.domain.taken import SYSTEM, TakenCase

RUN_ON = frozenset({"review", "resume"})
"""Clocks of the pause itself: they never stand still."""


def pause_clocks(case: TakenCase, now: datetime) -> None:
    """Let the case's clocks stand still. Each keeps the step it owes next, without an instant."""
    for clock in case.clocks:
        if clock.stopped_at is None and clock.paused_at is None and clock.kind not in RUN_ON:
            clock.paused_at, clock.next_at = now, None
            case.touch(clock)


def run_on(case: TakenCase, now: datetime, city: City) -> None:
    """Let paused clocks run on; what lay ahead of them moves by what stood still."""
    for clock in case.clocks:
        if clock.paused_at is not None:
            pause = Paused(since=clock.paused_at, until=now)
            clock.paused_at = None
            _adjust(case, clock, pause, city)


def lengthen(case: TakenCase, by: str, asked_at: datetime, city: City) -> datetime:
    """Give the lead longer, and the promise with it where it had not passed by then; return the lead's new due date."""
    extension = Lengthened(since=asked_at, by=by)
    for clock in extendable(case, asked_at):
        _adjust(case, clock, extension, city)
    return next(case.running("handling", case.case.lead)).due_at


def hold(case: TakenCase, now: datetime, until: datetime, city: City) -> None:
    """Let the steps of the lead's handling and of the promise wait for a decision."""
    for clock in extendable(case, now):
        _adjust(case, clock, Held(since=now, until=until), city)


def release(case: TakenCase, now: datetime, city: City) -> None:
    """End the holds: nobody waits for a decision any more. What was held is owed now, not earlier."""
    for clock in case.clocks:
        if clock.stopped_at is None and _is_held(clock, now):
            ended = [_ended(adjustment, now) for adjustment in clock.adjusted or ()]
            clock.adjusted = ended
            _place(case, clock, city)


def resume(case: TakenCase, now: datetime, city: City) -> None:
    """Let a suspended case go on."""
    stop_all(case, "resume", now)
    run_on(case, now, city)
    case.move_to("in_progress")


def resume_by_date(case: TakenCase, now: datetime, city: City) -> None:
    """Let a suspended case go on because its date has come."""
    resume(case, now, city)
    case.state_fact(Resumed(because="date"), SYSTEM, now)


def extendable(case: TakenCase, asked_at: datetime) -> list[ClockRow]:
    """Return the clocks that an extension asked for at `asked_at` makes longer: the lead's, and the promise."""
    running = [*case.running("handling", case.case.lead), *case.running("promise")]
    return [clock for clock in running if clock.due_at >= asked_at]


def _is_held(clock: ClockRow, now: datetime) -> bool:
    return any(isinstance(adjustment, Held) and adjustment.until > now for adjustment in clock.adjusted or ())


def _ended(adjustment: Adjustment, now: datetime) -> Adjustment:
    is_open = isinstance(adjustment, Held) and adjustment.until > now
    return Held(since=adjustment.since, until=max(now, adjustment.since)) if is_open else adjustment


def _adjust(case: TakenCase, clock: ClockRow, adjustment: Adjustment, city: City) -> None:
    unit = limit_of(clock.allowed).unit
    clock.adjusted = [*(clock.adjusted or ()), adjustment]
    clock.due_at = moved(clock.due_at, (adjustment,), unit, city.calendar)
    _place(case, clock, city)
    for part in case.open_assignments():
        if clock.kind == "handling" and part.unit == clock.unit:
            part.due_at = clock.due_at
            case.touch(part)
    call = case.call(clock.cycle, clock.unit) if clock.kind == "report_in" else None
    if call is not None:
        call.due_at = clock.due_at
        case.touch(call)


def _place(case: TakenCase, clock: ClockRow, city: City) -> None:
    """Set when the clock's next step is owed. Steps that took effect stay: only what is ahead moves."""
    if clock.next_step is not None and clock.paused_at is None:
        rung = rung_of(city.policies.ladders[clock.ladder], clock.next_step)
        clock.next_at = reached(clock, rung, city)
    case.touch(clock)
