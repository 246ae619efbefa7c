"""A process that was large for a moment is small again."""

import asyncio
from contextlib import suppress
from pathlib import Path

from services.chassis.memory import keep_small
from tests.waiting import eventually

A_PIECE = 2_000
PIECES = 50_000


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4 / 1024


async def test_what_a_rush_needed_is_given_back_though_something_newer_stands() -> None:
    rush = [bytes(A_PIECE) for _ in range(PIECES)]
    newer = bytes(A_PIECE)
    large = resident_mib()
    rush.clear()
    keeping = asyncio.create_task(keep_small(0.01))

    await eventually(lambda: resident_mib() < large - 60, within_seconds=10)

    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    assert len(newer) == A_PIECE
