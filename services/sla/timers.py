"""The loop of time: tick, settle until nothing is owed, rest."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from services.chassis.delivery.watchdog import Pulse
from services.chassis.outages import Outages, is_transient, retry_transient
from services.sla.handlers import SettleDue, WatchClocks
from services.sla.metrics import CensusGauges

CENSUS_SECONDS: Final = 10.0
CENSUS_SHARE: Final = 0.02
"""Counting takes this share of the time at most, however many cases there are."""


class Timer:
    """Runs until stopped. An outage of PostgreSQL is waited out; anything else ends the process."""

    def __init__(
        self, settle: SettleDue, watch: WatchClocks | None, outages: Outages, pulse: Pulse, poll_seconds: float
    ) -> None:
        self._settle = settle
        self._watch = watch
        self._outages = outages
        self._pulse = pulse
        self._poll_seconds = poll_seconds
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Tick until `stop`."""
        while not self._stopping.is_set():
            more = await retry_transient(self._tick, self._outages)
            self._pulse.tick()
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


async def keep_census(read: Callable[[], Awaitable[Mapping[str, float]]], gauges: CensusGauges) -> None:
    """Count until cancelled; an outage only leaves the last counts standing."""
    while True:
        began = time.monotonic()
        try:
            gauges.show(await read())
        except Exception as error:
            if not is_transient(error):
                raise
        await asyncio.sleep(max(CENSUS_SECONDS, (time.monotonic() - began) / CENSUS_SHARE))
