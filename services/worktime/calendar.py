"""Working calendars: which days of which years are worked, during which hours, and how sure that is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, Self
from zoneinfo import ZoneInfo

from services.worktime.open_time import OpenTime

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
YEARS_MAX: Final = 50
SATURDAY: Final = 5


class CalendarDataError(ValueError):
    """The data of a calendar contradicts itself."""


class UnknownYearError(LookupError):
    """A computation needs a year the calendar has no data for; it is refused, never guessed."""

    def __init__(self, year: int, version: str) -> None:
        super().__init__(f"calendar {version} has no working days for {year}")
        self.year = year


class Status(StrEnum):
    CONFIRMED = "confirmed"
    """As published by the State Council."""
    PROVISIONAL = "provisional"
    """A guess until the notice arrives; every deadline that touches it is marked."""


class DayMode(StrEnum):
    """What one working day is: cities use both meanings."""

    WORKING_HOURS = "working_hours"
    """A full day of open time after the start."""
    END_OF_DAY = "end_of_day"
    """Closing time of the n-th working day after the day of the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearDays:
    """One year's exceptions from the rule "Monday to Friday are worked".

    Raises:
        CalendarDataError: a day of another year, a make-up day that is no weekend day or is also a holiday.
    """

    year: int
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]
    status: Status

    def __post_init__(self) -> None:
        for day in sorted(self.holidays | self.makeup_workdays):
            if day.year != self.year:
                raise CalendarDataError(f"{day} is no day of {self.year}")
        for day in sorted(self.makeup_workdays):
            if day in self.holidays:
                raise CalendarDataError(f"{day} is both a holiday and a make-up working day")
            if day.weekday() < SATURDAY:
                raise CalendarDataError(f"{day} is a weekday already; only a weekend day is made up")

    def is_working_day(self, day: date) -> bool:
        return day in self.makeup_workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def working_days(self) -> Iterator[date]:
        first = date(self.year, 1, 1)
        for offset in range((date(self.year + 1, 1, 1) - first).days):
            day = first + timedelta(days=offset)
            if self.is_working_day(day):
                yield day


@dataclass(frozen=True, slots=True)
class Hours:
    """The shifts of a working day, local time, in order and apart.

    Raises:
        CalendarDataError: no shift, a shift that does not end after it starts, or shifts that overlap.
    """

    shifts: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        edges = [edge for shift in self.shifts for edge in shift]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise CalendarDataError(f"shifts must follow each other: {self.shifts}")

    def length(self) -> timedelta:
        """Open time of one day; day 1 of year 1 only carries the times."""
        spans = (datetime.combine(date.min, end) - datetime.combine(date.min, start) for start, end in self.shifts)
        return sum(spans, timedelta(0))


OFFICE_HOURS: Final = Hours(((time(8), time(12)), (time(14), time(18))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working time of a region over consecutive years. Immutable; building it is slow, using it is not.

    Raises:
        CalendarDataError: no year, a year twice, a gap between years.
    """

    version: str
    """Stored with every deadline computed by it."""
    years: tuple[YearDays, ...]
    hours: Hours = OFFICE_HOURS
    zone: ZoneInfo = SHANGHAI
    day_mode: DayMode = DayMode.WORKING_HOURS
    open_time: OpenTime = field(init=False, repr=False, compare=False)
    working_days: tuple[date, ...] = field(init=False, repr=False, compare=False)
    day_length: timedelta = field(init=False, repr=False, compare=False)
    """Open time of one working day."""
    begins_at: datetime = field(init=False, repr=False, compare=False)
    ends_at: datetime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        years = [data.year for data in self.years]
        if not years or len(years) > YEARS_MAX or years != list(range(years[0], years[0] + len(years))):
            raise CalendarDataError(f"calendar {self.version}: years must follow each other without gaps: {years}")
        days = tuple(day for data in self.years for day in data.working_days())
        derived = {
            "working_days": days,
            "open_time": OpenTime(shift for day in days for shift in self.shifts_on(day)),
            "day_length": self.hours.length(),
            "begins_at": self._instant(date(years[0], 1, 1), time.min),
            "ends_at": self._instant(date(years[-1] + 1, 1, 1), time.min),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, version: str, *years: YearDays) -> Self:
        """Build the usual calendar: office hours in Shanghai's zone, a working day being a full day of open time."""
        return cls(version=version, years=tuple(sorted(years, key=lambda data: data.year)))

    def with_regional_days(self, version: str, holidays: Iterable[date]) -> Self:
        """Return this calendar with more days off, such as a local festival; a make-up day among them is off too.

        Raises:
            UnknownYearError: a day of a year this calendar does not know.
        """
        extra = frozenset(holidays)
        for day in sorted(extra):
            self.year(day.year)
        return replace(self, version=version, years=tuple(_with_days_off(data, extra) for data in self.years))

    def with_later_years_of(self, other: "Calendar") -> "Calendar":
        """Return this calendar with the years of `other` that follow its own; itself where none does."""
        last = self.years[-1].year
        later = tuple(data for data in other.years if data.year > last)
        if not later or later[0].year != last + 1:
            return self
        return replace(self, version=f"{self.version}, then {other.version}", years=self.years + later)

    def year(self, year: int) -> YearDays:
        """Return the data of one year, or raise UnknownYearError."""
        first = self.years[0].year
        if not first <= year < first + len(self.years):
            raise UnknownYearError(year, self.version)
        return self.years[year - first]

    def is_working_day(self, day: date) -> bool:
        return self.year(day.year).is_working_day(day)

    def shifts_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the shifts as they fall on `day`, in UTC."""
        return [(self._instant(day, opens), self._instant(day, closes)) for opens, closes in self.hours.shifts]

    def _instant(self, day: date, at: time) -> datetime:
        # In UTC, because subtracting two local times of one zone ignores a shift of the zone between them.
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _with_days_off(data: YearDays, extra: frozenset[date]) -> YearDays:
    own = frozenset(day for day in extra if day.year == data.year)
    return replace(data, holidays=data.holidays | own, makeup_workdays=data.makeup_workdays - own)
