"""How much of the office's time is left: nights, weekends and holidays do not count, whatever the wall clock says."""

from datetime import datetime, timedelta

import pytest

from services.desk.domain.cards import RunningClock
from services.desk.domain.work_left import WorkLeft, work_left
from services.worktime.calendar import SHANGHAI
from tests.builders import the_calendar


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def a_clock(due: str, allowed: str = "1wd") -> RunningClock:
    return RunningClock("handling", "drainage", local(due), "overdue", "reminder", allowed, 1)


@pytest.mark.parametrize(
    ("now", "due", "left"),
    [
        pytest.param("2026-03-02 10:00", "2026-03-02 11:30", WorkLeft(0, 1, 30), id="the-same-morning"),
        pytest.param("2026-03-06 16:00", "2026-03-09 09:00", WorkLeft(0, 3, 0), id="over-the-weekend"),
        pytest.param("2026-03-07 12:00", "2026-03-09 09:00", WorkLeft(0, 1, 0), id="on-a-saturday"),
        pytest.param("2026-03-02 09:00", "2026-03-04 10:00", WorkLeft(2, 1, 0), id="in-days-of-the-office"),
        pytest.param("2026-03-02 09:59:30", "2026-03-02 10:00", WorkLeft(0, 0, 0), id="less-than-a-minute"),
    ],
)
def test_only_open_hours_are_left(now: str, due: str, left: WorkLeft) -> None:
    assert work_left(a_clock(due), the_calendar(), local(now)) == left


@pytest.mark.parametrize("allowed", ["2uh", "3d", ""])
def test_a_limit_that_runs_day_and_night_has_no_working_time(allowed: str) -> None:
    assert work_left(a_clock("2026-03-03 09:00", allowed), the_calendar(), local("2026-03-02 09:00")) is None


def test_what_is_due_has_none_left_and_no_calendar_is_guessed() -> None:
    late = a_clock("2026-03-02 09:00")

    assert work_left(late, the_calendar(), late.due_at) is None
    assert work_left(late, the_calendar(), late.due_at + timedelta(hours=1)) is None
    assert work_left(a_clock("2040-01-02 10:00"), the_calendar(), local("2026-03-02 09:00")) is None
