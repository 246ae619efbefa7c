"""What moves a clock after its start: pauses, extensions, holds; they derive its due date again at any time."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.worktime.arithmetic import add, shift
from services.worktime.calendar import Calendar
from services.worktime.limits import Limit, Unit


class Paused(msgspec.Struct, frozen=True, tag="paused"):
    """The clock stood still; what lay ahead moves by as much of its unit's time as passed meanwhile."""

    since: datetime
    until: datetime


class Lengthened(msgspec.Struct, frozen=True, tag="extended"):
    """The clock got longer by a limit such as `3wd`; `since` is when that was asked."""

    since: datetime
    by: str


class Held(msgspec.Struct, frozen=True, tag="held"):
    """Steps owed in this stretch wait for its end; the due date stays."""

    since: datetime
    until: datetime


Adjustment = Paused | Lengthened | Held


def moved(
    instant: datetime,
    adjusted: Sequence[Adjustment],
    unit: Unit,
    calendar: Calendar,
    not_before: datetime | None = None,
) -> datetime:
    """Return `instant` moved by pauses and extensions; by none that began after it, or before `not_before`."""
    for adjustment in adjusted:
        if adjustment.since >= instant or (not_before is not None and adjustment.since < not_before):
            continue
        match adjustment:
            case Paused(since=since, until=until):
                instant = shift(instant, since, until, unit, calendar)
            case Lengthened(by=by):
                instant = add(instant, Limit.parse(by), calendar)
            case Held():
                pass
    return instant


def counted_start(
    started_at: datetime, due_at: datetime, adjusted: Sequence[Adjustment], unit: Unit, calendar: Calendar
) -> datetime:
    """Return the start that, without any pause, would lead to `due_at`: what a share of the limit is counted from."""
    start = started_at
    for adjustment in adjusted:
        if isinstance(adjustment, Paused) and adjustment.since < due_at:
            start = shift(start, adjustment.since, adjustment.until, unit, calendar)
    return start


def held(instant: datetime, adjusted: Sequence[Adjustment]) -> datetime:
    """Return when a step owed at `instant` is owed after all, holds counted."""
    for adjustment in adjusted:
        if isinstance(adjustment, Held) and adjustment.since <= instant < adjustment.until:
            instant = adjustment.until
    return instant
