"""A system of its own for the faults, so that what breaks here breaks nothing else."""

import shutil
from collections.abc import Iterator

import pytest

from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.conftest import VALUES, prepare


@pytest.fixture(scope="package")
def faulty_system(session_state: State) -> Iterator[System]:
    """The whole system on free ports, to be killed piece by piece."""
    folder = session_state.folder / "faults"
    folder.mkdir()
    with running_system(Settings.on_free_ports(State(folder), values=VALUES, prepare=prepare)) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)
