"""The forty scenarios: what breaks, what is awaited, what is looked at besides the tables."""

from typing import Final

from tests.faults.scenarios import broker, database, outside, processes
from tests.faults.schedule import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = tuple(
    sorted(
        (*processes.SCENARIOS, *broker.SCENARIOS, *database.SCENARIOS, *outside.SCENARIOS), key=lambda each: each.number
    )
)
