"""Time may be stepped over, but no due date with it."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.city.plans import Planned
from tests.replay.windows import Windows, last_moment

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def at(minutes: int, serial: int = 1, turn: int = 0) -> Planned:
    return Planned(at=NINE + timedelta(minutes=minutes), serial=serial, turn=turn, door="act")


def windows() -> Windows:
    return Windows(slack=HALF_AN_HOUR)


def test_a_plan_waits_for_others_as_long_as_the_slack() -> None:
    plans = windows()
    plans.add(at(10))

    assert plans.latest() == NINE + timedelta(minutes=40)


def test_no_longer_than_until_its_due_date() -> None:
    plans = windows()
    plans.add(at(10), NINE + timedelta(minutes=25))

    assert plans.latest() == NINE + timedelta(minutes=25)


def test_what_is_drawn_late_is_only_not_put_off_for_long() -> None:
    plans = windows()
    plans.add(at(10), NINE + timedelta(minutes=5))

    assert plans.latest() == NINE + timedelta(minutes=40)


@pytest.mark.parametrize("before_its_due_date", [timedelta(0), timedelta(milliseconds=300)])
def test_what_is_planned_for_the_last_moment_is_not_put_off_at_all(before_its_due_date: timedelta) -> None:
    plans = windows()
    planned = at(10)
    plans.add(planned, last_moment(planned.at, planned.at + before_its_due_date))

    assert plans.latest() == planned.at


def test_one_step_carries_out_together_what_lies_before_the_first_due_date() -> None:
    plans = windows()
    plans.add(at(0, serial=1), NINE + timedelta(minutes=20))
    plans.add(at(15, serial=2))
    plans.add(at(21, serial=3))
    step = plans.latest()
    assert step is not None

    together = [planned.serial for planned in plans.due(by=step)]

    assert together == [1, 2]
    assert plans.latest() == NINE + timedelta(minutes=51)
    assert [plans.waits_for_somebody(serial) for serial in (1, 2, 3)] == [False, False, True]


def test_nothing_is_planned_nothing_hurries() -> None:
    assert windows().latest() is None
