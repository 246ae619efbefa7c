"""Schedules are data: the same seed breaks the same things, and what was written down can be played again."""

import msgspec
import pytest

from tests.faults.acts import ACTS
from tests.faults.scenarios import SCENARIOS
from tests.faults.schedule import by_chance, read, written


def test_a_seed_names_one_schedule() -> None:
    assert by_chance(5, seconds=60) == by_chance(5, seconds=60)
    assert by_chance(5, seconds=60) != by_chance(6, seconds=60)


def test_a_schedule_that_was_written_down_is_read_again() -> None:
    schedule = by_chance(7, seconds=60)

    assert read(written(schedule)) == list(schedule)


def test_what_is_no_schedule_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read('[{"at": "soon", "what": "kill"}]')


def test_every_scenario_breaks_only_what_can_be_broken() -> None:
    unknown = {fault.what for scenario in SCENARIOS for fault in scenario.faults} - set(ACTS)

    assert not unknown


def test_there_are_forty_and_eight_of_them_are_played_each_time() -> None:
    assert [scenario.number for scenario in SCENARIOS] == list(range(1, 41))
    assert sum(scenario.in_test for scenario in SCENARIOS) == 8
