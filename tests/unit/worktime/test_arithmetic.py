"""Deadlines fall where people expect them, and the questions asked about them agree with each other."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.worktime.arithmetic import (
    NaiveInstantError,
    add,
    elapsed,
    fraction_instant,
    is_provisional,
    segments,
    shift,
)
from services.worktime.calendar import SHANGHAI, Calendar, DayMode, UnknownYearError
from services.worktime.limits import Limit, Unit
from tests.unit.worktime.calendars import OFFICE, local

END_OF_DAY = replace(OFFICE, day_mode=DayMode.END_OF_DAY)
FIRST = datetime(2026, 1, 1, tzinfo=SHANGHAI)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=395)).map(lambda after: FIRST + after)
LIMITS = st.one_of(
    st.integers(1, 400).map(lambda quarters: Limit(Decimal(quarters) * Decimal("0.25"), Unit.WORKING_HOUR)),
    st.integers(1, 60).map(lambda days: Limit(Decimal(days), Unit.WORKING_DAY)),
    st.integers(1, 400).map(lambda quarters: Limit(Decimal(quarters) * Decimal("0.25"), Unit.URGENT_WORKING_HOUR)),
    st.integers(1, 60).map(lambda days: Limit(Decimal(days), Unit.NATURAL_DAY)),
)
SPAN = st.timedeltas(timedelta(0), timedelta(days=15))
CALENDARS = st.sampled_from([OFFICE, END_OF_DAY])


@pytest.mark.parametrize(
    ("start", "four_hours", "one_day", "five_days"),
    [
        pytest.param(
            "2026-02-13 17:00", "2026-02-14 11:00", "2026-02-14 17:00", "2026-02-27 17:00", id="into-a-make-up-saturday"
        ),
        pytest.param(
            "2026-02-14 10:00", "2026-02-14 16:00", "2026-02-24 10:00", "2026-02-28 10:00", id="over-spring-festival"
        ),
        pytest.param(
            "2026-05-09 11:30", "2026-05-09 17:30", "2026-05-11 11:30", "2026-05-15 11:30", id="from-a-make-up-saturday"
        ),
        pytest.param(
            "2026-09-30 16:30", "2026-10-08 10:30", "2026-10-08 16:30", "2026-10-13 16:30", id="over-national-day"
        ),
        pytest.param(
            "2026-10-10 17:30", "2026-10-12 11:30", "2026-10-12 17:30", "2026-10-16 17:30", id="the-last-half-hour"
        ),
    ],
)
def test_working_time_runs_only_while_offices_are_open(
    start: str, four_hours: str, one_day: str, five_days: str
) -> None:
    assert add(local(start), Limit.parse("4wh"), OFFICE) == local(four_hours)
    assert add(local(start), Limit.parse("1wd"), OFFICE) == local(one_day)
    assert add(local(start), Limit.parse("5wd"), OFFICE) == local(five_days)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2026-03-02 16:00", "2wh", "2026-03-02 18:00", id="closing-time-is-still-open"),
        pytest.param("2026-03-02 12:30", "1wh", "2026-03-02 15:00", id="lunch-does-not-count"),
        pytest.param("2026-03-07 03:00", "1wh", "2026-03-09 09:00", id="the-weekend-does-not-count"),
        pytest.param("2026-02-16 23:50", "0.5uh", "2026-02-17 00:20", id="urgent-hours-run-over-holidays"),
        pytest.param("2026-02-14 10:00", "15d", "2026-03-01 10:00", id="natural-days-run-over-holidays"),
        pytest.param("2026-12-31 17:00", "2wh", "2027-01-04 09:00", id="over-the-new-year"),
    ],
)
def test_each_unit_counts_its_own_hours(start: str, limit: str, due: str) -> None:
    assert add(local(start), Limit.parse(limit), OFFICE) == local(due)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        pytest.param("2026-03-02 08:30", "1wd", "2026-03-03 18:00", id="the-next-working-day"),
        pytest.param("2026-03-06 19:30", "1wd", "2026-03-09 18:00", id="friday-night-until-monday"),
        pytest.param("2026-03-07 10:00", "1wd", "2026-03-09 18:00", id="saturday-until-monday"),
        pytest.param("2026-02-13 09:00", "2wd", "2026-02-24 18:00", id="a-make-up-day-counts"),
        pytest.param("2026-03-02 08:30", "4wh", "2026-03-02 14:30", id="hours-are-hours-as-before"),
    ],
)
def test_a_city_may_count_working_days_by_closing_time(start: str, limit: str, due: str) -> None:
    assert add(local(start), Limit.parse(limit), END_OF_DAY) == local(due)


def test_a_deadline_is_in_utc_wherever_the_start_was_written() -> None:
    assert add(datetime(2026, 3, 2, 8, tzinfo=SHANGHAI), Limit.parse("4wh"), OFFICE).tzinfo is UTC


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstantError):
        add(datetime(2026, 3, 2, 8), Limit.parse("4wh"), OFFICE)  # noqa: DTZ001 - naive on purpose


@pytest.mark.parametrize("calendar", [OFFICE, END_OF_DAY], ids=["working-hours", "end-of-day"])
@pytest.mark.parametrize("start", ["2027-12-30 10:00", "2028-01-03 10:00", "2025-12-31 23:59"])
def test_working_days_beyond_the_known_years_are_refused(start: str, calendar: Calendar) -> None:
    with pytest.raises(UnknownYearError):
        add(local(start), Limit.parse("5wd"), calendar)


def test_the_zone_of_the_machine_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    time.tzset()
    try:
        assert add(local("2026-03-06 16:00"), Limit.parse("1wd"), END_OF_DAY) == local("2026-03-09 18:00")
        assert add(local("2026-03-06 16:00"), Limit.parse("4wh"), OFFICE) == local("2026-03-09 10:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_clock_hours_need_no_calendar() -> None:
    assert add(local("2031-05-05 10:00"), Limit.parse("2uh"), OFFICE) == local("2031-05-05 12:00")


def test_the_reminder_comes_when_four_fifths_of_the_open_time_have_passed() -> None:
    assert fraction_instant(local("2026-03-06 10:00"), Limit.parse("5wh"), 0.8, OFFICE) == local("2026-03-06 16:00")
    assert fraction_instant(local("2026-03-06 16:00"), Limit.parse("5wh"), 2, OFFICE) == local("2026-03-09 18:00")
    assert fraction_instant(local("2026-03-07 10:00"), Limit.parse("5uh"), 0.8, OFFICE) == local("2026-03-07 14:00")


def test_half_of_a_day_counted_by_closing_time_is_half_of_its_open_time() -> None:
    # 14:00 on Monday until closing on Tuesday is 4 + 8 open hours.
    assert fraction_instant(local("2026-03-02 14:00"), Limit.parse("1wd"), 0.5, END_OF_DAY) == local("2026-03-03 10:00")


def test_a_pause_moves_the_deadline_by_the_open_time_it_took() -> None:
    due, paused, resumed = local("2026-03-05 11:00"), local("2026-03-03 16:00"), local("2026-03-04 09:00")

    assert shift(due, paused, resumed, Unit.WORKING_HOUR, OFFICE) == local("2026-03-05 16:00")
    assert shift(due, paused, resumed, Unit.URGENT_WORKING_HOUR, OFFICE) == local("2026-03-06 04:00")
    assert shift(due, resumed, paused, Unit.WORKING_HOUR, OFFICE) == due


def test_a_pause_over_a_closing_time_moves_a_closing_time_by_a_day() -> None:
    due, paused, resumed = local("2026-03-06 18:00"), local("2026-03-03 16:00"), local("2026-03-04 19:00")

    assert shift(due, paused, resumed, Unit.WORKING_DAY, END_OF_DAY) == local("2026-03-09 18:00")


def test_a_day_counted_by_closing_time_has_passed_at_closing_time_only() -> None:
    start = local("2026-03-02 10:00")

    assert elapsed(start, local("2026-03-03 17:59"), Unit.WORKING_DAY, END_OF_DAY) == timedelta(0)
    assert elapsed(start, local("2026-03-03 18:00"), Unit.WORKING_DAY, END_OF_DAY) == timedelta(hours=8)
    assert elapsed(start, local("2026-03-07 12:00"), Unit.WORKING_DAY, END_OF_DAY) == timedelta(hours=32)


def test_the_hours_that_counted_are_listed() -> None:
    start = local("2026-03-06 16:00")

    assert segments(start, add(start, Limit.parse("5wh"), OFFICE), OFFICE) == [
        (local("2026-03-06 16:00"), local("2026-03-06 18:00")),
        (local("2026-03-09 08:00"), local("2026-03-09 11:00")),
    ]


def test_a_deadline_in_a_provisional_year_is_marked() -> None:
    assert is_provisional(local("2026-12-30 10:00"), local("2027-01-05 10:00"), OFFICE)
    assert not is_provisional(local("2026-12-30 10:00"), local("2026-12-31 18:00"), OFFICE)


@given(INSTANTS, LIMITS, CALENDARS)
def test_what_was_added_is_what_has_elapsed(start: datetime, limit: Limit, calendar: Calendar) -> None:
    one = {"uh": timedelta(hours=1), "wh": timedelta(hours=1), "wd": timedelta(hours=8), "d": timedelta(days=1)}

    passed = elapsed(start, add(start, limit, calendar), limit.unit, calendar)

    assert passed == one[limit.unit] * float(limit.amount)


@given(INSTANTS, st.integers(1, 100), st.integers(0, 100), st.sampled_from(Unit), CALENDARS)
def test_more_time_is_never_due_earlier(start: datetime, less: int, more: int, unit: Unit, calendar: Calendar) -> None:
    assert add(start, Limit(Decimal(less), unit), calendar) <= add(start, Limit(Decimal(less + more), unit), calendar)


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=30)), LIMITS, CALENDARS)
def test_a_later_start_is_never_due_earlier(
    start: datetime, later: timedelta, limit: Limit, calendar: Calendar
) -> None:
    assert add(start, limit, calendar) <= add(start + later, limit, calendar)


@given(INSTANTS, LIMITS.filter(lambda limit: limit.unit.follows_calendar), CALENDARS)
def test_no_deadline_falls_into_closed_hours(start: datetime, limit: Limit, calendar: Calendar) -> None:
    due = add(start, limit, calendar)

    shifts = calendar.shifts_on(due.astimezone(SHANGHAI).date())
    assert calendar.is_working_day(due.astimezone(SHANGHAI).date())
    assert any(opens < due <= closes for opens, closes in shifts)


@given(INSTANTS, LIMITS.filter(lambda limit: limit.unit.follows_calendar))
def test_the_listed_hours_add_up_to_the_limit(start: datetime, limit: Limit) -> None:
    due = add(start, limit, OFFICE)

    total = sum((closes - opens for opens, closes in segments(start, due, OFFICE)), timedelta(0))

    assert total == elapsed(start, due, limit.unit, OFFICE)


@given(INSTANTS, LIMITS, CALENDARS)
def test_the_reminder_lies_between_start_and_deadline(start: datetime, limit: Limit, calendar: Calendar) -> None:
    assert start < fraction_instant(start, limit, 0.8, calendar) < add(start, limit, calendar)


@given(INSTANTS, LIMITS, st.floats(0, 1), SPAN)
def test_a_pause_and_its_resumption_shift_the_deadline_by_what_passed_meanwhile(
    start: datetime, limit: Limit, share: float, paused_for: timedelta
) -> None:
    due = add(start, limit, OFFICE)
    paused = start + (due - start) * share
    resumed = paused + paused_for

    shifted = shift(due, paused, resumed, limit.unit, OFFICE)

    used = elapsed(start, paused, limit.unit, OFFICE) + elapsed(resumed, shifted, limit.unit, OFFICE)
    assert used == elapsed(start, due, limit.unit, OFFICE)
    assert shifted >= due


@given(INSTANTS, LIMITS, st.floats(0, 1), SPAN, SPAN, CALENDARS)
def test_a_longer_pause_never_shifts_less(
    start: datetime, limit: Limit, share: float, paused_for: timedelta, longer: timedelta, calendar: Calendar
) -> None:
    due = add(start, limit, calendar)
    paused = start + (due - start) * share

    once = shift(due, paused, paused + paused_for, limit.unit, calendar)

    assert due <= once <= shift(due, paused, paused + paused_for + longer, limit.unit, calendar)
