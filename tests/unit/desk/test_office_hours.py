"""The office hours that the board's worker counts with are the calendar's own."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from services.desk.pages.board.calendars import EPOCH, OfficeHours, office_hours
from services.worktime.arithmetic import elapsed
from services.worktime.limits import Unit
from tests.builders import MONDAY_NOON, the_calendar


def open_seconds(hours: OfficeHours, instant: datetime) -> float:
    """Count as the worker does: opening, closing, opening, … from `since` on."""
    at = (instant - EPOCH).total_seconds()
    edges = list(accumulate(hours.edges, initial=hours.since))[1:]
    passed = bisect_right(edges, at)
    closed = sum(hours.edges[index] for index in range(1, passed, 2))
    return closed + (at - edges[passed - 1] if passed % 2 else 0)


@pytest.mark.parametrize("ahead", [1, 5, 20, 26, 100, 500, 5_000, 8_000])
def test_counted_by_edges_is_counted_by_the_calendar(ahead: int) -> None:
    hours, until = office_hours(the_calendar(), MONDAY_NOON), MONDAY_NOON + timedelta(hours=ahead)

    counted = open_seconds(hours, until) - open_seconds(hours, MONDAY_NOON)

    expected = elapsed(MONDAY_NOON, until, Unit.WORKING_HOUR, the_calendar())
    assert counted == expected.total_seconds()


def test_beyond_what_a_calendar_knows_nothing_is_told() -> None:
    calendar = the_calendar()

    hours = office_hours(calendar, calendar.ends_at - timedelta(days=30))
    nothing = office_hours(calendar, datetime(2040, 1, 1, tzinfo=UTC))

    assert hours.until == (calendar.ends_at - EPOCH).total_seconds()
    assert nothing.edges == ()
    assert nothing.until < nothing.since
