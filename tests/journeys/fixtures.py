"""`system` and `city`: one whole running system for all journeys, and for the requirements that need one."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.demo.moments import WEEK_STARTS_AT
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.prepared import VALUES, prepare
from tests.journeys.running_city import RunningCity, city_of


@pytest.fixture(scope="session")
def system(session_state: State) -> Iterator[System]:
    """Every service, Kafka, PostgreSQL and the sample district on free ports, on a stepped clock."""
    folder = session_state.folder / "journeys"
    folder.mkdir()
    with running_system(Settings.on_free_ports(State(folder), values=VALUES, prepare=prepare)) as running:
        yield running


@pytest.fixture
async def city(system: System) -> AsyncIterator[RunningCity]:
    """The city on a fresh working morning; the cases of earlier tests live on beside."""
    async with city_of(system, WEEK_STARTS_AT) as running:
        await running.next_working_morning()
        yield running
