"""Adding limits to instants, and the questions around it: how much has passed, which hours counted, how sure."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Final

from services.worktime.calendar import Calendar, DayMode, UnknownYearError
from services.worktime.limits import Limit, Unit

ZERO: Final = timedelta(0)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# Bound once: looking a member up in its enum costs as much as the arithmetic.
URGENT_WORKING_HOUR, WORKING_HOUR, NATURAL_DAY = Unit.URGENT_WORKING_HOUR, Unit.WORKING_HOUR, Unit.NATURAL_DAY
END_OF_DAY = DayMode.END_OF_DAY


class NaiveInstantError(ValueError):
    """An instant without a zone could mean any of 24 hours."""


def add(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return the instant at which `limit` has passed since `start`, in UTC.

    For working units never inside closed hours; closing time itself counts as open.

    Raises:
        NaiveInstantError: `start` is not aware.
        UnknownYearError: a working unit needs a year the calendar does not know.
    """
    begin, unit = _utc(start), limit.unit
    if unit is URGENT_WORKING_HOUR:
        return begin + HOUR * limit.count
    if unit is NATURAL_DAY:
        return begin + DAY * limit.count
    if unit is WORKING_HOUR:
        return _advance(begin, HOUR * limit.count, calendar)
    if calendar.day_mode is END_OF_DAY:
        return _closing(_local_day(begin, calendar), int(limit.count), calendar)
    return _advance(begin, calendar.day_length * limit.count, calendar)


def elapsed(start: datetime, end: datetime, unit: Unit, calendar: Calendar) -> timedelta:
    """Return how much time of `unit`'s kind has passed from `start` to `end`; zero when `end` is not later.

    The inverse of `add`: for `5wd` it returns five days of open time, also when days are counted by closing times.
    """
    begin, finish = _utc(start), _utc(end)
    if finish <= begin:
        return ZERO
    if not unit.follows_calendar:
        return finish - begin
    if _counts_days(unit, calendar):
        return calendar.day_length * _days_closed(begin, finish, calendar)
    return _open_between(begin, finish, calendar)


def fraction_instant(start: datetime, limit: Limit, fraction: float, calendar: Calendar) -> datetime:
    """Return the instant at which `fraction` of the time from `start` to the limit has passed.

    0.8 is the reminder of the ladder, 2 is twice the limit. Working units count open time, in both day modes.

    Raises:
        ValueError: the fraction is not positive.
    """
    if fraction <= 0:
        raise ValueError(f"a fraction of a limit is positive, not {fraction}")
    begin = _utc(start)
    due = add(begin, limit, calendar)
    if not limit.unit.follows_calendar:
        return begin + (due - begin) * fraction
    return _advance(begin, _open_between(begin, due, calendar) * fraction, calendar)


def shift(due: datetime, paused_at: datetime, resumed_at: datetime, unit: Unit, calendar: Calendar) -> datetime:
    """Return `due` moved by what passed of `unit`'s time while the clock was paused; never earlier than `due`."""
    paused = elapsed(paused_at, resumed_at, unit, calendar)
    if paused == ZERO:
        return _utc(due)
    if not unit.follows_calendar:
        return _utc(due) + paused
    if _counts_days(unit, calendar):
        return _closing(_local_day(_utc(due), calendar), paused // calendar.day_length, calendar)
    return _advance(_utc(due), paused, calendar)


def segments(start: datetime, due: datetime, calendar: Calendar) -> list[tuple[datetime, datetime]]:
    """Return the open intervals that counted between `start` and `due`, in UTC: why a deadline is when it is."""
    begin, end = _known(_utc(start), calendar), _known(_utc(due), calendar)
    return calendar.open_time.between(begin, end)


def is_provisional(start: datetime, due: datetime, calendar: Calendar) -> bool:
    """Whether a year between the two instants is only provisional, so that the deadline may still move."""
    years = range(_local_day(_utc(start), calendar).year, _local_day(_utc(due), calendar).year + 1)
    return any(calendar.year(year).status == "provisional" for year in years)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise NaiveInstantError(f"{instant} has no time zone")
    return instant.astimezone(UTC)


def _local_day(instant: datetime, calendar: Calendar) -> date:
    return instant.astimezone(calendar.zone).date()


def _known(instant: datetime, calendar: Calendar) -> datetime:
    if not calendar.begins_at <= instant < calendar.ends_at:
        raise UnknownYearError(_local_day(instant, calendar).year, calendar.version)
    return instant


def _counts_days(unit: Unit, calendar: Calendar) -> bool:
    return calendar.day_mode is END_OF_DAY and unit is Unit.WORKING_DAY


def _open_between(begin: datetime, end: datetime, calendar: Calendar) -> timedelta:
    open_time = calendar.open_time
    return open_time.until(_known(end, calendar)) - open_time.until(_known(begin, calendar))


def _advance(begin: datetime, span: timedelta, calendar: Calendar) -> datetime:
    target = calendar.open_time.until(_known(begin, calendar)) + span
    if target > calendar.open_time.total:
        raise UnknownYearError(calendar.years[-1].year + 1, calendar.version)
    return calendar.open_time.instant_at(target)


def _closing(day: date, count: int, calendar: Calendar) -> datetime:
    """Return closing time of the `count`-th working day after `day`."""
    calendar.year(day.year)
    at = bisect_right(calendar.working_days, day) + count - 1
    if at >= len(calendar.working_days):
        raise UnknownYearError(calendar.years[-1].year + 1, calendar.version)
    return calendar.shifts_on(calendar.working_days[at])[-1][1]


def _days_closed(begin: datetime, end: datetime, calendar: Calendar) -> int:
    """Count the working days after the day of `begin` that had closed by `end`."""
    first, last = (_local_day(_known(instant, calendar), calendar) for instant in (begin, end))
    count = bisect_right(calendar.working_days, last) - bisect_right(calendar.working_days, first)
    if count and calendar.is_working_day(last) and end < calendar.shifts_on(last)[-1][1]:
        count -= 1
    return count
