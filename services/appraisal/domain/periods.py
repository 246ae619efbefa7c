"""Weeks, months and half-years of the city's calendar, from their first instant to the first of the next."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

SUNDAY: Final = 7
JUNE: Final = 6


class UnreadablePeriodError(ValueError):
    """No period has this name; the message says how they are written."""


class Period(msgspec.Struct, frozen=True):
    """`starts` belongs to it, `ends` does not; both aware. Named `2026-03`, `2026-W09` or `2026-H1`."""

    name: str
    starts: datetime
    ends: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether `at` lies in the period."""
        return at is not None and self.starts <= at < self.ends


def period_of(name: str, zone: ZoneInfo) -> Period:
    """Return the period of a name.

    Raises:
        UnreadablePeriodError: it is neither a month, an ISO week nor a half-year.
    """
    for pattern, dates in ((_MONTH, _month), (_WEEK, _week), (_HALF, _half)):
        found = pattern.fullmatch(name)
        if found is not None:
            try:
                first, following = dates(int(found[1]), int(found[2]))
            except ValueError:
                break
            return Period(name, _midnight(first, zone), _midnight(following, zone))
    raise UnreadablePeriodError(f"{name[:20]!r} is no month (2026-03), week (2026-W09) or half-year (2026-H1)")


def is_week(name: str) -> bool:
    """Whether a period's name is that of a week."""
    return _WEEK.fullmatch(name) is not None


def is_half_year(name: str) -> bool:
    """Whether a period's name is that of a half-year."""
    return _HALF.fullmatch(name) is not None


def month_at(at: datetime, zone: ZoneInfo) -> Period:
    """Return the month that `at` lies in."""
    day = at.astimezone(zone).date()
    return period_of(f"{day:%Y-%m}", zone)


def week_at(at: datetime, zone: ZoneInfo) -> Period:
    """Return the ISO week that `at` lies in."""
    return _week_of(at.astimezone(zone).date(), zone)


def week_before(period: Period, zone: ZoneInfo) -> Period:
    """Return the ISO week before a period begins."""
    return week_at(period.starts - timedelta(hours=1), zone)


def half_before(at: datetime, zone: ZoneInfo) -> Period:
    """Return the last half-year that is over."""
    day = at.astimezone(zone).date()
    return period_of(f"{day.year}-H1" if day.month > JUNE else f"{day.year - 1}-H2", zone)


def month_before(period: Period, zone: ZoneInfo) -> Period:
    """Return the month before a period begins."""
    return month_at(period.starts - timedelta(hours=1), zone)


def weeks_in(span: Period, zone: ZoneInfo) -> tuple[Period, ...]:
    """Return the ISO weeks whose Sunday lies in a month or half-year: each is over with it, and belongs to one."""
    first = span.starts.astimezone(zone).date()
    days = (first + timedelta(days=offset) for offset in range((span.ends - span.starts).days + 1))
    sundays = (day for day in days if day.isoweekday() == SUNDAY and span.holds(_midnight(day, zone)))
    return tuple(_week_of(day, zone) for day in sundays)


def months_in(half: Period, zone: ZoneInfo) -> tuple[Period, ...]:
    """Return the six months of a half-year."""
    first = half.starts.astimezone(zone).date()
    return tuple(period_of(f"{first.year}-{first.month + offset:02}", zone) for offset in range(6))


def rests_on(period: Period, zone: ZoneInfo) -> tuple[str, ...]:
    """Return whose published entries go into its grades: the weeks of a month, the months of a half-year."""
    if is_week(period.name):
        return ()
    parts = months_in(period, zone) if is_half_year(period.name) else weeks_in(period, zone)
    return tuple(part.name for part in parts)


_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_HALF = re.compile(r"(\d{4})-H([12])")


def _week_of(day: date, zone: ZoneInfo) -> Period:
    return period_of("{}-W{:02}".format(*day.isocalendar()[:2]), zone)


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _week(year: int, week: int) -> tuple[date, date]:
    monday = date.fromisocalendar(year, week, 1)
    return monday, monday + timedelta(days=7)


def _half(year: int, half: int) -> tuple[date, date]:
    return (date(year, 1, 1), date(year, 7, 1)) if half == 1 else (date(year, 7, 1), date(year + 1, 1, 1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
