"""One tick of time: compare the clocks, settle what is owed, say what happened."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from services.sla.metrics import SlaMetrics
from services.sla.ports import ClockGuard, Schedules, Settling

_log = structlog.get_logger("whistle.sla")


BATCHES_AT_ONCE: Final = 2
"""While PostgreSQL writes one batch, this process decides the other."""


@dataclass(slots=True, kw_only=True)
class SettleDue:
    """Settles until nothing is owed, scheduled work too. Returns whether there may be more at once."""

    settling: Settling
    schedules: Schedules
    metrics: SlaMetrics
    cases_max: int
    _many_owe: bool = field(default=False, init=False)

    async def __call__(self) -> bool:
        if periods := await self.schedules.settle_due():
            self.metrics.schedules.inc(periods)
        batches = [self._settle() for _ in range(BATCHES_AT_ONCE if self._many_owe else 1)]
        settled = await asyncio.gather(*batches, return_exceptions=True)
        cases = 0
        for batch in settled:
            if isinstance(batch, BaseException):
                raise batch
            cases = max(cases, batch)
        # A case may owe several steps at once, so a full batch has fewer cases than it may.
        self._many_owe = cases > self.cases_max // 2
        return cases > 0

    async def _settle(self) -> int:
        """Settle one batch; return how many cases it had."""
        began = time.monotonic()
        settled = await self.settling.settle_due(self.cases_max)
        if settled.steps == 0:
            return 0
        self.metrics.settled_seconds.observe(time.monotonic() - began)
        self.metrics.lateness_seconds.observe(settled.lateness_seconds)
        for step, count in Counter(step for _, step in settled.by_step).items():
            self.metrics.steps.labels(step=step).inc(count)
        return settled.cases


@dataclass(slots=True, kw_only=True)
class WatchClocks:
    """Stops settling when the server's clock and this process's monotonic clock drift apart between two ticks.

    A clock that jumps forward would punish departments for time that never passed (design §8).
    """

    guard: ClockGuard
    metrics: SlaMetrics
    divergence_seconds_max: float
    monotonic: Callable[[], float] = time.monotonic
    _last: tuple[datetime, float] | None = field(default=None, init=False)

    async def __call__(self) -> bool:
        """Return whether settling may go on."""
        asked = self.monotonic()
        instant, stopped = await self.guard.read()
        here = (asked + self.monotonic()) / 2
        if self._last is not None and not stopped:
            drift = (instant - self._last[0]).total_seconds() - (here - self._last[1])
            if abs(drift) > self.divergence_seconds_max:
                reason = f"PostgreSQL's clock moved {drift:+.1f} s against this process's"
                _log.error("settling stopped; check the time, then `whistle clock confirm`", reason=reason)
                await self.guard.stop(reason)
                stopped = True
        self._last = (instant, here)
        self.metrics.clock_stopped.set(stopped)
        return not stopped
