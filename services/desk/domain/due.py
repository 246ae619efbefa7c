"""How a deadline was computed: limit, calendar, and the open hours that counted."""

from datetime import datetime

import msgspec

from services.contracts.events.progress import ClockKind, Step
from services.ledger.domain.city import City
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.state import ClockRow
from services.worktime.arithmetic import is_provisional, segments

Segment = tuple[datetime, datetime]


class HowDue(msgspec.Struct, frozen=True, kw_only=True):
    """One clock, and why it is due when it is."""

    kind: ClockKind
    unit: str
    """Empty for clocks of the case."""
    cycle: int
    limit: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    on_time: bool | None
    """None while it runs and is not yet due."""
    calendar: str
    """The calendar's own version."""
    reference_version: int
    """The immutable version whose calendar counted."""
    segments: tuple[Segment, ...]
    """The stretches that counted between start and due date; one for limits that run day and night."""
    provisional: bool
    """A year on the way is not confirmed yet: the date may still move."""
    next_step: Step | None
    next_at: datetime | None


def how_due(clock: ClockRow, city: City, now: datetime) -> HowDue:
    """Return the clock with the derivation of its due date; `city` is the version the clock names."""
    calendar = city.calendar
    worked = limit_of(clock.allowed).unit.follows_calendar
    stretches = segments(clock.started_at, clock.due_at, calendar) if worked else [(clock.started_at, clock.due_at)]
    return HowDue(
        kind=clock.kind,
        unit=clock.unit,
        cycle=clock.cycle,
        limit=clock.allowed,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        on_time=on_time(clock, now),
        calendar=calendar.version,
        reference_version=clock.calendar,
        segments=tuple(stretches),
        provisional=worked and is_provisional(clock.started_at, clock.due_at, calendar),
        next_step=clock.next_step,
        next_at=clock.next_at,
    )


def on_time(clock: ClockRow, now: datetime) -> bool | None:
    """Read from the clock's row, never from steps (design §8); None while nothing is decided yet."""
    if clock.stopped_at is not None:
        return clock.stopped_at <= clock.due_at
    return False if clock.due_at < now else None
