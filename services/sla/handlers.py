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
"""While PostgreSQL reads and writes one batch, this process decides the other."""
TICK_SECONDS: Final = 1.0
"""After that no batch is begun: the clocks are compared again, and schedules looked at."""


@dataclass(slots=True, kw_only=True)
class SettleDue:
    """Settles what is owed, scheduled work too, for a second at most. Returns whether there may be more at once."""

    settling: Settling
    schedules: Schedules
    metrics: SlaMetrics
    cases_max: int
    monotonic: Callable[[], float] = time.monotonic
    _many_owe: bool = field(default=False, init=False)

    async def __call__(self) -> bool:
        if periods := await self.schedules.settle_due():
            self.metrics.schedules.inc(periods)
        ends = self.monotonic() + TICK_SECONDS
        rows = [self._settle_until(ends) for _ in range(BATCHES_AT_ONCE if self._many_owe else 1)]
        cases = 0
        for first in await asyncio.gather(*rows, return_exceptions=True):
            if isinstance(first, BaseException):
                raise first
            cases = max(cases, first)
        self._many_owe = self._is_many(cases)
        return cases > 0

    async def _settle_until(self, ends: float) -> int:
        """Settle a batch, and one after the other while many cases owe; return how many cases the first one had.

        Several wait for each other once a tick only: a batch is in PostgreSQL for as long as it takes to decide one.
        """
        try:
            first = cases = await self._settle()
            while self._many_owe and self._is_many(cases) and self.monotonic() < ends:
                cases = await self._settle()
        except BaseException:
            self._many_owe = False  # whoever settles beside ends after the batch in hand
            raise
        return first

    def _is_many(self, cases: int) -> bool:
        """Whether so many were in a batch that there are more: a case may owe several steps at once."""
        return cases > self.cases_max // 2

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
