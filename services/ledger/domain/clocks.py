"""Clocks of a case: started, climbed and stopped in the transaction of the act that does so (design §8)."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import ClockKind, Step
from services.ledger.domain.adjusting import counted_start, held, moved
from services.ledger.domain.city import City
from services.ledger.domain.ladder import limit_of, owed_at, rung_after
from services.ledger.domain.state import ClockRow
from services.ledger.domain.taken import TakenCase
from services.reference.model.policies import Rung
from services.worktime.arithmetic import add


@dataclass(frozen=True, slots=True)
class Start:
    """How a clock begins: when it is due, and the first step it owes."""

    due_at: datetime
    ladder: str
    step: Step | None
    step_at: datetime | None


@dataclass(slots=True)
class ClockMaker:
    """Starts clocks by one reference version; cases of a batch share instants, so each start is derived once."""

    city: City
    _starts: dict[tuple[ClockKind, str, datetime, Urgency], Start] = field(default_factory=dict)

    def clock(
        self, kind: ClockKind, unit: str, limit: str, started_at: datetime, case_id: UUID, urgency: Urgency
    ) -> ClockRow:
        """Return a clock of `kind` in its first cycle, owing the first step of its ladder."""
        key = (kind, limit, started_at, urgency)
        start = self._starts.get(key)
        if start is None:
            start = self._starts[key] = self._start(kind, limit, started_at, urgency)
        return ClockRow(
            case_id=case_id,
            kind=kind,
            unit=unit,
            cycle=1,
            started_at=started_at,
            allowed=limit,
            due_at=start.due_at,
            calendar=self.city.number,
            ladder=start.ladder,
            next_step=start.step,
            next_at=start.step_at,
        )

    def _start(self, kind: ClockKind, limit: str, started_at: datetime, urgency: Urgency) -> Start:
        calendar = self.city.calendar
        ladder = self.city.policies.ladder(kind, urgency)
        due_at = add(started_at, limit_of(limit), calendar)
        if not ladder.rungs:
            return Start(due_at, ladder.name, None, None)
        first = ladder.rungs[0]
        return Start(due_at, ladder.name, first.step, owed_at(first, started_at, due_at, limit, calendar))


def start_clock(case: TakenCase, kind: ClockKind, unit: str, limit: str, now: datetime, city: City) -> ClockRow:
    """Start a clock on a taken case; `cycle` counts its starts: next attempt, rework, reopening (design §3)."""
    clock = ClockMaker(city).clock(kind, unit, limit, now, case.case.case_id, case.case.urgency)
    earlier = (known.cycle for known in case.clocks if known.kind == kind and known.unit == unit)
    clock.cycle = max(earlier, default=0) + 1
    case.add(clock)
    return clock


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
    calendar, adjusted = city.calendar, clock.adjusted
    if not adjusted:
        return owed_at(rung, clock.started_at, clock.due_at, clock.allowed, calendar)
    unit = limit_of(clock.allowed).unit
    start = counted_start(clock.started_at, clock.due_at, adjusted, unit, calendar)
    owed = owed_at(rung, start, clock.due_at, clock.allowed, calendar)
    # What stood still after the due date moves the steps above it; the due date itself is a fact by then.
    return held(moved(owed, adjusted, unit, calendar, not_before=clock.due_at), adjusted)


def stop(clock: ClockRow, case: TakenCase, now: datetime) -> None:
    """Stop the clock; a stopped clock owes nothing. Steps that took effect stay facts."""
    clock.stopped_at = now
    clock.next_step = clock.next_at = clock.paused_at = None
    case.touch(clock)


def stop_all(case: TakenCase, kind: ClockKind, now: datetime, unit: str | None = None) -> None:
    """Stop every running clock of `kind`, of one unit or of all."""
    for clock in list(case.running(kind, unit)):
        stop(clock, case, now)
