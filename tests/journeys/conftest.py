"""One running system for all journeys: every service, Kafka, PostgreSQL, the sample district, a stepped clock."""

import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from deploy.demo.moments import WEEK_STARTS_AT
from deploy.demo.preparing import DISTRICT, REFERENCE, install_stepped_clock, load_district
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.running_city import RunningCity, city_of

VALUES = {"WHISTLE_CLOCK": "stepped", "WHISTLE_TRUSTED_PROXIES": "127.0.0.1"}


def prepare(system: System) -> None:
    """Stop the clock on Monday morning and load the district, which merges nothing: tests say one sentence often."""
    install_stepped_clock(system, WEEK_STARTS_AT)
    load_district(system, DISTRICT, without_merging(system.state.folder / "city"))


def without_merging(folder: Path) -> Path:
    """Copy what the city decided, but for its policy on duplicates; returns the copy's folder."""
    shutil.copytree(REFERENCE, folder, dirs_exist_ok=True)
    policies = json.loads((folder / "policies.json").read_bytes())
    policies.pop("duplicates", None)
    (folder / "policies.json").write_text(json.dumps(policies), encoding="utf-8")
    return folder


@pytest.fixture(scope="package")
def journeys_state(session_state: State) -> Iterator[State]:
    folder: Path = session_state.folder / "journeys"
    folder.mkdir()
    yield State(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def system(journeys_state: State) -> Iterator[System]:
    """The whole system on free ports, beside any other."""
    with running_system(Settings.on_free_ports(journeys_state, values=VALUES, prepare=prepare)) as running:
        yield running


@pytest.fixture
async def city(system: System) -> AsyncIterator[RunningCity]:
    """The city on a fresh working morning; the cases of earlier tests live on beside."""
    async with city_of(system, WEEK_STARTS_AT) as running:
        await running.next_working_morning()
        yield running
