"""Calendars agree with the published ones, refuse contradictions, and never guess a year."""

import json
from datetime import date, time, timedelta

import chinese_calendar
import pytest

from services.worktime.arithmetic import add
from services.worktime.calendar import Calendar, CalendarDataError, Hours, Status, UnknownYearError, YearDays
from services.worktime.limits import Limit
from tests.unit.worktime.calendars import OFFICE, SHEETS, local, year_of


def test_all_days_of_2026_agree_with_an_independent_calendar() -> None:
    days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]

    differing = [day for day in days if OFFICE.is_working_day(day) != chinese_calendar.is_workday(day)]

    assert differing == []


def test_2026_is_confirmed_and_2027_says_that_it_is_a_guess() -> None:
    sheet = json.loads((SHEETS / "CN-2027.json").read_text(encoding="utf-8"))

    assert OFFICE.year(2026).status is Status.CONFIRMED
    assert OFFICE.year(2027).status is Status.PROVISIONAL
    assert OFFICE.year(2027).makeup_workdays == frozenset()
    assert "推算" in sheet["source"]


def test_the_guess_for_2027_gives_the_thirteen_statutory_days_as_days_off_work() -> None:
    weekdays_off = [day for day in year_of("CN-2027.json").holidays if day.weekday() < 5]

    assert len(weekdays_off) == 13


@pytest.mark.parametrize("year", [2025, 2028])
def test_a_year_without_data_is_refused(year: int) -> None:
    with pytest.raises(UnknownYearError, match=str(year)):
        OFFICE.is_working_day(date(year, 3, 2))


def test_a_calendar_counts_the_years_that_follow_its_own_as_another_one_says() -> None:
    first = Calendar.of("2026 only", OFFICE.year(2026))
    first_of_2028 = Calendar.of(
        "2028 only", YearDays(year=2028, holidays=frozenset(), makeup_workdays=frozenset(), status=Status.PROVISIONAL)
    )

    assert first.with_later_years_of(OFFICE).years == OFFICE.years
    assert OFFICE.with_later_years_of(first) is OFFICE
    assert first.with_later_years_of(first_of_2028) is first


def test_a_regional_festival_closes_the_offices_there_only() -> None:
    festival = OFFICE.with_regional_days("NM-2026", [date(2026, 7, 13), date(2026, 2, 14)])
    friday = local("2026-07-10 17:00")

    assert add(friday, Limit.parse("4wh"), OFFICE) == local("2026-07-13 11:00")
    assert add(friday, Limit.parse("4wh"), festival) == local("2026-07-14 11:00")
    assert not festival.is_working_day(date(2026, 2, 14))  # a make-up day given back
    assert festival.version == "NM-2026"


def test_a_regional_day_of_an_unknown_year_is_refused() -> None:
    with pytest.raises(UnknownYearError):
        OFFICE.with_regional_days("NM", [date(2031, 7, 13)])


@pytest.mark.parametrize(
    ("holidays", "makeup"),
    [
        pytest.param([date(2025, 12, 31)], [], id="a-day-of-another-year"),
        pytest.param([date(2026, 2, 14)], [date(2026, 2, 14)], id="a-day-both-off-and-made-up"),
        pytest.param([], [date(2026, 3, 2)], id="a-weekday-made-up"),
    ],
)
def test_a_year_that_contradicts_itself_is_refused(holidays: list[date], makeup: list[date]) -> None:
    with pytest.raises(CalendarDataError):
        YearDays(year=2026, holidays=frozenset(holidays), makeup_workdays=frozenset(makeup), status=Status.CONFIRMED)


def a_plain_year(year: int) -> YearDays:
    return YearDays(year=year, holidays=frozenset(), makeup_workdays=frozenset(), status=Status.CONFIRMED)


@pytest.mark.parametrize("years", [[], [2026, 2028], [2026, 2026]], ids=["none", "a-gap", "twice"])
def test_years_must_follow_each_other(years: list[int]) -> None:
    with pytest.raises(CalendarDataError):
        Calendar.of("broken", *map(a_plain_year, years))


@pytest.mark.parametrize(
    "shifts",
    [(), ((time(12), time(8)),), ((time(8), time(12)), (time(11), time(18))), ((time(8), time(8)),)],
    ids=["none", "backwards", "overlapping", "empty"],
)
def test_shifts_must_follow_each_other(shifts: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(CalendarDataError):
        Hours(shifts)
