"""Snapshots kept for a moment: read once for all viewers of the same scope, however many ask at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.board.domain.viewing import Scope
from services.board.metrics import BoardMetrics

AGE_SECONDS_MIN: Final = 1.0
AGE_SECONDS_MAX: Final = 10.0
SHARE: Final = 10
"""A snapshot is kept at least this many times as long as it took to read: the board never takes a core for itself."""
SCOPES_MAX: Final = 200

Read = Callable[[Scope], Awaitable[dict[str, Any]]]


@dataclass(slots=True)
class Kept:
    """A snapshot's bytes and when they are too old."""

    body: bytes
    until: float


class Snapshots:
    """Answers with a snapshot that is at most `age_seconds_min` old, older only where reading one takes long."""

    def __init__(
        self,
        read: Read,
        metrics: BoardMetrics,
        clock: Callable[[], float] = time.monotonic,
        *,
        age_seconds_min: float = AGE_SECONDS_MIN,
    ) -> None:
        self._read = read
        self._metrics = metrics
        self._clock = clock
        self._age_seconds_min = age_seconds_min
        self._kept: dict[Scope, Kept] = {}
        self._reading: dict[Scope, asyncio.Task[bytes]] = {}

    async def of(self, scope: Scope) -> bytes:
        """Return the snapshot as JSON."""
        kept = self._kept.get(scope)
        if kept is not None and kept.until > self._clock():
            return kept.body
        reading = self._reading.get(scope)
        if reading is None:
            reading = self._reading[scope] = asyncio.create_task(self._fresh(scope), name="snapshot")
            reading.add_done_callback(lambda _: self._reading.pop(scope, None))
        # A viewer who goes away must not take the snapshot from the others who wait for it.
        return await asyncio.shield(reading)

    async def _fresh(self, scope: Scope) -> bytes:
        began = self._clock()
        body = msgspec.json.encode(await self._read(scope))
        took = self._clock() - began
        self._metrics.snapshot_seconds.observe(took)
        self._kept.pop(scope, None)
        while len(self._kept) >= SCOPES_MAX:
            del self._kept[next(iter(self._kept))]
        age = max(self._age_seconds_min, min(took * SHARE, AGE_SECONDS_MAX))
        self._kept[scope] = Kept(body, self._clock() + age)
        return body
