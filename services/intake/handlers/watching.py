"""What intake does at the side: see how much waits to be sent, and forget what was kept only for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from services.chassis.outages import is_transient
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Backlog

_log = structlog.get_logger("whistle.intake")


@dataclass(slots=True, kw_only=True)
class BacklogWatch:
    """Knows whether more waits to be sent than may wait. Between two looks, and in an outage, the last one counts."""

    look: Callable[[], Awaitable[Backlog]]
    rows_max: int
    seconds_max: float
    metrics: IntakeMetrics
    _seen: Backlog = field(init=False, default=Backlog(0, 0.0))

    async def see(self) -> None:
        self._seen = await self.look()
        self.metrics.pending_rows.set(self._seen.rows)
        self.metrics.pending_seconds.set(self._seen.seconds)

    def is_full(self) -> bool:
        return self._seen.rows > self.rows_max or self._seen.seconds > self.seconds_max


async def every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do `work` for ever, with pauses. An outage only means that it is done later; anything else ends the process."""
    while True:
        try:
            await work()
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("put off", work=getattr(work, "__qualname__", "work"), error=repr(error)[:200])
        await asyncio.sleep(seconds)
