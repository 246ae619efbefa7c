"""How a deadline came about, told so that a clerk can count it again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.desk.domain.due import how_due
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.state import ClockRow
from services.worktime.arithmetic import add
from tests.builders import MONDAY_NOON, a_city, an_id, the_calendar

AN_HOUR = timedelta(hours=1)


def a_clock(limit: str, started_at: datetime = MONDAY_NOON, stopped_at: datetime | None = None) -> ClockRow:
    return ClockRow(
        case_id=an_id("case"),
        kind="handling",
        unit="drainage",
        cycle=1,
        started_at=started_at,
        allowed=limit,
        due_at=add(started_at, limit_of(limit), the_calendar()),
        stopped_at=stopped_at,
        calendar=1,
        ladder="overdue",
    )


def test_working_time_is_told_in_the_stretches_that_counted() -> None:
    told = how_due(a_clock("1wd"), a_city(), MONDAY_NOON)

    lengths = [until - since for since, until in told.segments]
    assert lengths == [3 * AN_HOUR, 4 * AN_HOUR, AN_HOUR]
    assert told.segments[-1][1] == told.due_at
    assert told.calendar.startswith("CN-2026")


def test_time_that_runs_day_and_night_is_one_stretch() -> None:
    told = how_due(a_clock("6uh", datetime(2026, 12, 31, 15, tzinfo=UTC)), a_city(), MONDAY_NOON)

    assert told.segments == ((told.started_at, told.due_at),)
    assert not told.provisional


def test_a_deadline_that_touches_an_unconfirmed_year_says_so() -> None:
    assert how_due(a_clock("5wd", datetime(2026, 12, 30, 1, tzinfo=UTC)), a_city(), MONDAY_NOON).provisional
    assert not how_due(a_clock("1wd"), a_city(), MONDAY_NOON).provisional


@pytest.mark.parametrize(
    ("stopped_after", "now_after", "on_time"),
    [
        pytest.param(None, 1, None, id="it-runs"),
        pytest.param(None, 49, False, id="it-runs-and-is-due"),
        pytest.param(24, 49, True, id="stopped-at-its-due-time"),
        pytest.param(25, 49, False, id="stopped-too-late"),
    ],
)
def test_on_time_is_read_from_the_clock(stopped_after: int | None, now_after: int, on_time: object) -> None:
    stopped = None if stopped_after is None else MONDAY_NOON + stopped_after * AN_HOUR

    told = how_due(a_clock("1wd", stopped_at=stopped), a_city(), MONDAY_NOON + now_after * AN_HOUR)

    assert told.on_time is on_time
