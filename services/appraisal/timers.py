"""What the appraisal does by itself: keeps drafts current, raises alerts of bursts, tells of what was published."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from services.appraisal.domain.periods import (
    Period,
    half_before,
    month_at,
    month_before,
    rests_on,
    week_at,
    week_before,
)
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.store.bursting import tell_of_bursts
from services.appraisal.store.drafts import Standing, draft_half_year, standing_of
from services.appraisal.store.months import NothingInForceError
from services.appraisal.store.policies import PoliciesInForce
from services.appraisal.store.publishing import NotPublishedError
from services.appraisal.store.telling import tell_of_published
from services.chassis.apart import WorkRefusedError
from services.chassis.clock import now
from services.chassis.outages import Outages, retry_transient
from services.chassis.postgres import Pool

if TYPE_CHECKING:
    from services.identity.actors import Connection

TICK_SECONDS: Final = 5.0
DRAFT_SECONDS_MIN: Final = 60.0
SHARE: Final = 50
"""Compiling and looking for bursts take one fiftieth of a core at most: after each, so many times as long is rest."""
BUSY_FACTS: Final = 500
"""So many facts since the last tick: the way of a case comes first, drafts wait and bursts are looked for less."""
BUSY_SECONDS: Final = 60.0
QUIET_SECONDS: Final = 30.0
"""Drafts wait until so long after the last of a rush: what it lets fall due, and the next one, come first, too."""

Drafting = Callable[[Period, datetime], Awaitable[bool]]
"""Drafts a period from what there is at an instant; false where that has to be tried again.

It raises WorkRefusedError where there is no draft of so much.
"""


@dataclass(slots=True)
class Compiler:
    """Compiles drafts when facts have come, never while many come or did a moment ago."""

    pool: Pool
    zone: ZoneInfo
    metrics: AppraisalMetrics
    outages: Outages
    drafting: Drafting
    tick_seconds: float = TICK_SECONDS
    draft_seconds_min: float = DRAFT_SECONDS_MIN
    quiet_seconds: float = QUIET_SECONDS
    _policies: PoliciesInForce = field(default_factory=PoliciesInForce)
    _known: dict[str, Standing] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _rest_until: dict[str, float] = field(default_factory=dict)
    _taken: float = 0.0
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Tick until stopped. What came while no process was there is a rush, too."""
        self._rest("drafts", self.quiet_seconds)
        while not self._stopping.is_set():
            await retry_transient(self.tick, self.outages)
            try:
                async with asyncio.timeout(self.tick_seconds):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        self._stopping.set()

    async def tick(self) -> None:
        """Do what is due."""
        taken, before = self.metrics.facts_taken(), self._taken
        busy, self._taken = taken - before > BUSY_FACTS, taken
        if busy:
            self._rest("drafts", self.quiet_seconds)
        if self._rested("bursts"):
            await self._worked("bursts", self._bursts(), BUSY_SECONDS if busy else self.tick_seconds)
        if self._rested("published"):
            await self._worked("published", tell_of_published(self.pool, self._told), self.tick_seconds)
        if self._rested("drafts") and not busy:
            await self._worked("drafts", self._drafts(), self.draft_seconds_min)

    async def _bursts(self) -> None:
        async with self.pool.acquire() as connection:
            policy = await self._policies.of(connection)
        if policy is not None:
            self.metrics.bursts.inc(await tell_of_bursts(self.pool, policy.bursts))

    async def _drafts(self) -> None:
        async with self.pool.acquire() as connection:
            instant = await now(connection)
            changed = {period: standing async for period, standing in self._changed(connection, instant)}
        for period, standing in changed.items():
            await self._draft(period, standing, instant)
        with suppress(NotPublishedError, NothingInForceError):
            await self._draft_half_year(instant)

    async def _changed(self, connection: "Connection", instant: datetime) -> AsyncIterator[tuple[Period, Standing]]:
        """Yield each period of which there is more than was drafted last."""
        month, week = month_at(instant, self.zone), week_at(instant, self.zone)
        for period in (week_before(week, self.zone), week, month_before(month, self.zone), month):
            standing = await standing_of(connection, period, instant, rests_on(period, self.zone))
            if standing is not None and self._known.get(period.name) != standing:
                yield period, standing

    async def _draft(self, period: Period, standing: Standing, instant: datetime) -> None:
        try:
            done = await self.drafting(period, instant)
        except WorkRefusedError:
            self.metrics.drafts_refused.inc()
            done = True
        else:
            self.metrics.drafts.inc(done)
        if done:
            self._known[period.name] = standing

    async def _draft_half_year(self, instant: datetime) -> None:
        async with self.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            await draft_half_year(connection, half_before(instant, self.zone), self.zone, instant)

    def _rested(self, name: str) -> bool:
        return asyncio.get_running_loop().time() >= self._rest_until.get(name, 0.0)

    def _rest(self, name: str, seconds: float) -> None:
        ends = asyncio.get_running_loop().time() + seconds
        self._rest_until[name] = max(ends, self._rest_until.get(name, ends))

    async def _worked(self, name: str, work: Awaitable[None], least: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await work
        self._rest(name, max(least, (loop.time() - began) * SHARE))
