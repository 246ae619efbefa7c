"""Clocks of a case: started, climbed and stopped in the transaction of the act that does so (design §8)."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from services.contracts.events.dispatch import Limits, Urgency
from services.contracts.events.progress import ClockKind, Step
from services.ledger.domain.adjusting import counted_start, held, moved
from services.ledger.domain.city import City, ModeLimit
from services.ledger.domain.deriving import Derived, Timed, derive, mode_limit_of
from services.ledger.domain.ladder import limit_of, owed_at, rung_after
from services.ledger.domain.state import CaseRow, ClockRow
from services.ledger.domain.taken import TakenCase
from services.reference.model.policies import Rung

STARTS_MAX: Final = 1_024
"""Kept: the cases of a batch share their instant, so most clocks start like another one of the same batch."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a clock begins: what is derived, and the first step it owes."""

    derived: Derived
    ladder: str
    step: Step | None
    step_at: datetime | None


@lru_cache(maxsize=STARTS_MAX)
def _start(
    city: City, kind: ClockKind, limit: str, started_at: datetime, urgency: Urgency, mode: ModeLimit | None
) -> Start:
    ladder = city.policies.ladder(kind, urgency)
    derived = derive(Timed(started_at, limit), mode, city)
    if not ladder.rungs:
        return Start(derived, ladder.name, None, None)
    first, begins_at = ladder.rungs[0], derived.counted_from or started_at
    owed = owed_at(first, begins_at, derived.due_at, derived.allowed, city.calendar)
    return Start(derived, ladder.name, first.step, owed)


@dataclass(frozen=True, slots=True)
class ClockMaker:
    """Starts clocks by one city."""

    city: City

    def clock(
        self, case: CaseRow, limits: Limits, kind: ClockKind, unit: str, limit: str, started_at: datetime
    ) -> ClockRow:
        """Return a clock of `kind` in its first cycle, owing the first step of its ladder."""
        mode = mode_limit_of(kind, case, limits, self.city)
        start = _start(self.city, kind, limit, started_at, case.urgency, mode)
        derived = start.derived
        return ClockRow(
            case_id=case.case_id,
            kind=kind,
            unit=unit,
            cycle=1,
            started_at=started_at,
            allowed=derived.allowed,
            due_at=derived.due_at,
            calendar=self.city.number,
            ladder=start.ladder,
            next_step=start.step,
            next_at=start.step_at,
            usual=derived.usual,
            counted_from=derived.counted_from,
        )

    def stages(self, case: CaseRow, limits: Limits, unit: str, started_at: datetime) -> list[ClockRow]:
        """Return a clock for each limit on the way to the handling limit, such as stop and penalise (X-20)."""
        made = []
        for cycle, stage in enumerate(limits.stages[:-1], start=1):
            clock = self.clock(case, limits, "stage", unit, stage.limit, started_at)
            clock.cycle, clock.stage = cycle, stage.name
            made.append(clock)
        return made


def start_clock(case: TakenCase, kind: ClockKind, unit: str, limit: str, now: datetime, city: City) -> ClockRow:
    """Start a clock on a taken case; `cycle` counts its starts: next attempt, rework, reopening (design §3)."""
    clock = ClockMaker(city).clock(case.case, case.decision.limits, kind, unit, limit, now)
    clock.cycle = _cycles(case, kind, unit) + 1
    case.add(clock)
    return clock


def start_stages(case: TakenCase, unit: str, now: datetime, city: City) -> None:
    """Start the clocks of the stages on the way to the lead's handling limit, if its item has any (X-20)."""
    earlier = _cycles(case, "stage", unit)
    for clock in ClockMaker(city).stages(case.case, case.decision.limits, unit, now):
        clock.cycle += earlier
        case.add(clock)


def _cycles(case: TakenCase, kind: ClockKind, unit: str) -> int:
    return max((known.cycle for known in case.clocks if known.kind == kind and known.unit == unit), default=0)


def climb(clock: ClockRow, case: TakenCase, city: City) -> None:
    """Let the clock owe the step above the one it owes now; never before that one was owed."""
    if clock.next_step is None or clock.next_at is None:
        return
    above = rung_after(city.policies.ladders[clock.ladder], clock.next_step)
    if above is None:
        clock.next_step = clock.next_at = None
    else:
        clock.next_step, clock.next_at = above.step, max(clock.next_at, reached(clock, above, city))
    case.touch(clock)


def reached(clock: ClockRow, rung: Rung, city: City) -> datetime:
    """Return when the clock owes `rung`, with everything that moved it since it started."""
    calendar, adjusted, begins_at = city.calendar, clock.adjusted, clock.counted_from or clock.started_at
    if not adjusted:
        return owed_at(rung, begins_at, clock.due_at, clock.allowed, calendar)
    unit = limit_of(clock.allowed).unit
    start = counted_start(begins_at, clock.due_at, adjusted, unit, calendar)
    owed = owed_at(rung, start, clock.due_at, clock.allowed, calendar)
    # What stood still after the due date moves the steps above it; the due date itself is a fact by then.
    return held(moved(owed, adjusted, unit, calendar, not_before=clock.due_at), adjusted)


def stop(clock: ClockRow, case: TakenCase, now: datetime) -> None:
    """Stop the clock; a stopped clock owes nothing. Steps that took effect stay facts."""
    clock.stopped_at = now
    clock.next_step = clock.next_at = clock.paused_at = None
    case.touch(clock)


def stop_all(case: TakenCase, kind: ClockKind, now: datetime, unit: str | None = None) -> None:
    """Stop every running clock of `kind`, of one unit or of all; its stages end with the handling they lead to."""
    for clock in list(case.running(kind, unit)):
        stop(clock, case, now)
    if kind == "handling":
        stop_all(case, "stage", now, unit)


def late_units(case: TakenCase, now: datetime) -> tuple[str, ...]:
    """Return the units whose own handling took longer than allowed: the parts' clocks rolled up to the case."""
    own = (clock for clock in case.clocks if clock.kind == "handling")
    return tuple(dict.fromkeys(clock.unit for clock in own if (clock.stopped_at or now) > clock.due_at))
