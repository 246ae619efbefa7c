"""The loop of time: tick, settle until nothing is owed, rest."""

import asyncio

from services.chassis.metrics import Progress
from services.chassis.outages import Outages, retry_transient
from services.sla.handlers import SettleDue, WatchClocks


class Timer:
    """Runs until stopped. An outage of PostgreSQL is waited out; anything else ends the process."""

    def __init__(
        self, settle: SettleDue, watch: WatchClocks | None, outages: Outages, progress: Progress, poll_seconds: float
    ) -> None:
        self._settle = settle
        self._watch = watch
        self._outages = outages
        self._progress = progress
        self._poll_seconds = poll_seconds
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Tick until `stop`."""
        while not self._stopping.is_set():
            more = await retry_transient(self._tick, self._outages)
            self._progress.tick()
            if not more:
                await self._rest()

    async def _tick(self) -> bool:
        if self._watch is not None and not await self._watch():
            return False
        return await self._settle()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass
