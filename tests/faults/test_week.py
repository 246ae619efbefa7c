"""X-17: killing any service at random points of the simulated week changes no final count and doubles no message."""

import random
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from deploy.demo.city.results import Results
from deploy.demo.living import simulated_week
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.prepared import VALUES, prepare

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]

SEED: Final = 7
COUNT: Final = 60
VICTIMS: Final = ("intake-api", "intake-relay", "router", "ledger", "desk", "sla", "notify", "appraisal", "reconciler")
KILL_EVERY: Final = 15
DOUBLED: Final = """
    select count(*) from ledger.facts f where f.topic = 'case.progressed.v1' and 1 <> (
        select count(*) from notify.messages m where m.case_id = f.case_id and m.version = f.version)
"""


async def test_a_week_with_kills_ends_as_a_week_without(session_state: State) -> None:
    quiet_week = await _week(_folder(session_state, "quiet"), kill=False)
    hard_week = await _week(_folder(session_state, "hard"), kill=True)

    assert hard_week == quiet_week


async def _week(folder: Path, *, kill: bool) -> tuple[Results, int]:
    """Live one week and return its table, and how many facts were not told exactly once."""
    chance = random.Random(SEED)  # noqa: S311 -- which service dies when, not a secret
    with running_system(Settings.on_free_ports(State(folder), values=VALUES, prepare=prepare)) as system:
        ticks = 0

        def progress(_: datetime) -> None:
            nonlocal ticks
            ticks += 1
            if kill and ticks % KILL_EVERY == 0:
                _kill(system, chance)

        async with simulated_week(system, seed=SEED, count=COUNT, progress=progress) as week:
            await week.run()
            told = await Results.read(week.connection), int(await week.connection.fetchval(DOUBLED))
    shutil.rmtree(folder, ignore_errors=True)
    return told


def _folder(session: State, name: str) -> Path:
    folder = session.folder / name
    folder.mkdir()
    return folder


def _kill(system: System, chance: random.Random) -> None:
    system.kill(chance.choice(VICTIMS))
