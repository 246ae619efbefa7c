"""`replayed`: a two-hundredth of the seed's reports, lived through once for all tests that ask."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.journeys.prepared import VALUES, prepare
from tests.replay.living import Plan, replaying
from tests.replay.outcome import Outcome

PART: Final = Plan(reports=208, seed=7, kills=8, slack=timedelta(hours=4))


class Lived(NamedTuple):
    """What a replay came to, and who was killed on the way."""

    outcome: Outcome
    meant_to_stay_open: frozenset[str]
    """Numbers of the cases that nobody was to finish."""
    killed: tuple[str, ...]


@pytest.fixture(scope="session")
def replayed(session_state: State) -> Lived:
    folder: Path = session_state.folder / "replay"
    folder.mkdir()
    with running_system(Settings.on_free_ports(State(folder), values=VALUES, prepare=prepare)) as system:
        lived = asyncio.run(_live(system))
    shutil.rmtree(folder, ignore_errors=True)
    return lived


async def _live(system: System) -> Lived:
    async with replaying(system, PART) as replay:
        await replay.year.live()
        outcome = await Outcome.read(replay)
        meant = frozenset(
            row["number"] for row in outcome.still_open if replay.serial_of(row["number"]) in replay.left_open
        )
        return Lived(outcome, meant, tuple(replay.killer.killed))
