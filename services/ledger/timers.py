"""The ledger's own looks: at versions that come into force, and at cases about one thing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from services.chassis.outages import Outages, retry_transient
from services.ledger.store.comparing import BATCH_MAX, Compared

POLL_SECONDS: Final = 0.25
COMPARE_SECONDS: Final = 0.5
"""A duplicate may stand in a queue for so long; comparing gives way to opening."""


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


class Comparer:
    """Compares cases just opened and merges what is one thing, until stopped. An outage of PostgreSQL is waited out."""

    def __init__(
        self,
        compare: Callable[[], Awaitable[Compared]],
        carry_out: Callable[[], Awaitable[int]],
        outages: Outages,
        told: Callable[[Compared, int], None],
    ) -> None:
        self._compare, self._carry_out, self._outages, self._told = compare, carry_out, outages, told
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look twice a second, at once again after a full batch, until `stop`."""
        while not self._stopping.is_set():
            compared = await retry_transient(self._compare, self._outages)
            merged = await retry_transient(self._carry_out, self._outages)
            self._told(compared, merged)
            pause = 0.0 if compared.cases == BATCH_MAX else COMPARE_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
