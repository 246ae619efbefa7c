"""A version's office hours as the board's worker counts with them: 剩余 6 工作小时 without asking for each case."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from services.worktime.calendar import Calendar

BEFORE: Final = timedelta(days=7)
AFTER: Final = timedelta(days=366)
"""A year ahead: what is due later is told by the calendar on the wall."""
SECOND: Final = timedelta(seconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class OfficeHours(msgspec.Struct, frozen=True):
    """When the office is open around an instant; all in seconds."""

    day: int
    """Open time of one working day."""
    since: int
    """Counted from 1970, like `until`: before and after it nothing is known."""
    until: int
    edges: tuple[int, ...]
    """Opening, closing, opening, …: how long after the one before, the first after `since`."""


def office_hours(calendar: Calendar, now: datetime) -> OfficeHours:
    """Return the office hours from a week before `now` to a year after it, as far as the calendar knows them."""
    since, until = max(calendar.begins_at, now - BEFORE), min(calendar.ends_at, now + AFTER)
    shifts = calendar.open_time.between(since, until)
    edges = [_seconds(edge) for shift in shifts for edge in shift]
    steps = (edge - before for before, edge in zip([_seconds(since), *edges], edges, strict=False))
    return OfficeHours(calendar.day_length // SECOND, _seconds(since), _seconds(until), tuple(steps))


def _seconds(instant: datetime) -> int:
    return (instant - EPOCH) // SECOND
