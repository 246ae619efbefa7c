"""X-17: kill -9 any service at random points during the replay; final counts equal, no lost or double notification."""

import pytest

from tests.replay.fixture import Lived

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


def test_services_were_killed_and_the_final_counts_are_those_of_a_run_without(replayed: Lived) -> None:
    assert len(replayed.killed) >= 3
    assert (replayed.outcome.rates.closed, replayed.outcome.rates.open) == (206, 2)


def test_nothing_is_lost_doubled_early_or_told_twice(replayed: Lived) -> None:
    assert replayed.outcome.wrong == {}
