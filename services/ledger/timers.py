"""The ledger's own look at time: whether a version has come into force that pending cases have not applied."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from services.chassis.outages import Outages, retry_transient

POLL_SECONDS: Final = 0.25


class Mover:
    """Looks for cases to move until stopped. An outage of PostgreSQL is waited out; anything else ends the process."""

    def __init__(self, move: Callable[[], Awaitable[int]], outages: Outages, moved: Callable[[int], None]) -> None:
        self._move, self._outages, self._moved = move, outages, moved
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look four times a second until `stop`."""
        while not self._stopping.is_set():
            moved = await retry_transient(self._move, self._outages)
            self._moved(moved)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._stopping.wait()
