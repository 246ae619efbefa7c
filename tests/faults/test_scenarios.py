"""The forty scenarios on real processes, Kafka and PostgreSQL, one after another on the same ground."""

import os
import sys
from typing import Final

import pytest

from tests.faults.ground import Ground
from tests.faults.playing import play
from tests.faults.results import Results
from tests.faults.scenarios import SCENARIOS
from tests.faults.schedule import Scenario, read, written

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(420)]

SCHEDULE: Final = os.environ.get("WHISTLE_FAULTS_SCHEDULE", "")
"""JSON as a failing scenario prints it, to be played in the place of the scenario's own."""


def _row(scenario: Scenario) -> object:
    marks = () if scenario.in_test else (pytest.mark.slow,)
    return pytest.param(scenario, id=f"s{scenario.number:02d}", marks=marks)


@pytest.mark.parametrize("scenario", [_row(scenario) for scenario in SCENARIOS])
async def test_nothing_is_lost_doubled_early_false_or_astray(
    ground: Ground, scenario: Scenario, fault_results: Results
) -> None:
    faults = read(SCHEDULE) if SCHEDULE else scenario.faults
    sys.stdout.write(f"\n{scenario.number} {scenario.title}: {written(faults)}\n")

    outcome = await play(ground, scenario, faults)

    sys.stdout.write(f"recovered: {outcome.recovery}; {len(outcome.history.accepted)} reports\n")
    fault_results.note(scenario, outcome)
    assert len(outcome.history.accepted) >= scenario.reports_min
    assert outcome.complaints(scenario) == {}
