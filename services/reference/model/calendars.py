"""Calendar years as published data, and the worktime calendar they make."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from services.worktime.calendar import SATURDAY, Calendar, CalendarDataError, DayMode, Status, YearDays


class CalendarYear(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The exceptions of one year, as in `deploy/reference/calendars`.

    A region's own days, such as an ethnic festival (holiday rules, Art. 4), lie over the country's.
    """

    region: str
    year: int
    version: int
    status: Literal["confirmed", "provisional"]
    source: str
    published: date | None = None
    holidays: tuple[date, ...]
    makeup_workdays: tuple[date, ...]
    over: str | None = None
    """The region that this one lies over: only the days that differ are named."""


def calendar_of(years: Sequence[CalendarYear], day_mode: Literal["working_hours", "end_of_day"]) -> Calendar:
    """Return the calendar of consecutive years; its version names every year's own version.

    Raises:
        CalendarDataError: no year, a gap, several regions that do not lie over one, a year that contradicts itself.
    """
    ordered = sorted(years, key=lambda year: (year.year, year.over is not None, year.region))
    base = [year for year in ordered if year.over is None]
    if len({year.region for year in base}) > 1:
        raise CalendarDataError("calendars of several regions")
    _check_overlays([year for year in ordered if year.over is not None], base)
    return Calendar(
        version="+".join(f"{year.region}-{year.year}.{year.version}" for year in ordered),
        years=tuple(_days(year, [over for over in ordered if over.over and over.year == year.year]) for year in base),
        day_mode=DayMode(day_mode),
    )


def _check_overlays(overlays: Sequence[CalendarYear], base: Sequence[CalendarYear]) -> None:
    known = {(year.region, year.year) for year in base}
    for overlay in overlays:
        if (overlay.over, overlay.year) not in known:
            raise CalendarDataError(f"{overlay.region}-{overlay.year} lies over {overlay.over}, which is not there")
    if len({overlay.region for overlay in overlays}) > 1:
        raise CalendarDataError("overlays of several regions")


def _days(year: CalendarYear, overlays: Sequence[CalendarYear]) -> YearDays:
    """Return one year with its region's days: a day that the overlay names is as the overlay says."""
    holidays, worked = set(year.holidays), set(year.makeup_workdays)
    for overlay in overlays:
        off, on = set(overlay.holidays), set(overlay.makeup_workdays)
        holidays, worked = (holidays - on) | off, (worked - off) | {day for day in on if day.weekday() >= SATURDAY}
    status = "provisional" if "provisional" in {year.status, *(over.status for over in overlays)} else "confirmed"
    return YearDays(
        year=year.year,
        holidays=frozenset(holidays),
        makeup_workdays=frozenset(worked),
        status=Status(status),
    )
