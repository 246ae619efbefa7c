"""Calendar years as published data, and the worktime calendar they make."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from services.worktime.calendar import Calendar, CalendarDataError, DayMode, Status, YearDays


class CalendarYear(msgspec.Struct, frozen=True, kw_only=True):
    """The exceptions of one year, as in `deploy/reference/calendars`."""

    region: str
    year: int
    version: int
    status: Literal["confirmed", "provisional"]
    source: str
    published: date | None = None
    holidays: tuple[date, ...]
    makeup_workdays: tuple[date, ...]


def calendar_of(years: Sequence[CalendarYear], day_mode: Literal["working_hours", "end_of_day"]) -> Calendar:
    """Return the calendar of consecutive years; its version names every year's own version.

    Raises:
        CalendarDataError: no year, a gap, several regions, or a year that contradicts itself.
    """
    if len({year.region for year in years}) > 1:
        raise CalendarDataError("calendars of several regions")
    ordered = sorted(years, key=lambda year: year.year)
    return Calendar(
        version="+".join(f"{year.region}-{year.year}.{year.version}" for year in ordered),
        years=tuple(map(_days, ordered)),
        day_mode=DayMode(day_mode),
    )


def _days(year: CalendarYear) -> YearDays:
    return YearDays(
        year=year.year,
        holidays=frozenset(year.holidays),
        makeup_workdays=frozenset(year.makeup_workdays),
        status=Status(year.status),
    )
