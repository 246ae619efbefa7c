"""`system` and `city`: one whole running system for all journeys, and for the requirements that need one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pytest

from deploy.demo.moments import WEEK_STARTS_AT
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.prepared import VALUES, prepare
from tests.journeys.running_city import RunningCity, city_of

LINES_MAX: Final = 12
LINE_MAX: Final = 400


@pytest.fixture(scope="session")
def system(session_state: State, request: pytest.FixtureRequest) -> Iterator[System]:
    """Every service, Kafka, PostgreSQL and the sample district on free ports, on a stepped clock.

    When a test failed, what its services complained of is told: their logs are gone a moment later.
    """
    state = State(session_state.folder / "journeys")
    state.folder.mkdir()
    failed_before = request.session.testsfailed
    with running_system(Settings.on_free_ports(state, values=VALUES, prepare=prepare)) as running:
        yield running
        if request.session.testsfailed > failed_before:
            told = request.config.get_terminal_writer()
            for line in complaints(state.logs):
                told.line(line)


def complaints(logs: Path) -> Iterator[str]:
    """Yield the last warnings and errors of each service."""
    for log in sorted(logs.glob("*.log")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        worse = [line for line in lines if "warning" in line or "error" in line or "Traceback" in line]
        yield from (f"{log.stem}: {line[:LINE_MAX]}" for line in worse[-LINES_MAX:])


@pytest.fixture
async def city(system: System) -> AsyncIterator[RunningCity]:
    """The city on a fresh working morning; the cases of earlier tests live on beside."""
    async with city_of(system, WEEK_STARTS_AT) as running:
        await running.next_working_morning()
        yield running
