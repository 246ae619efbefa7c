"""What the appraisal does by itself: keeps drafts current, raises alerts of bursts, tells of what was published."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.periods import Period, month_at, month_before
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.store.bursting import tell_of_bursts
from services.appraisal.store.completeness import taken_of
from services.appraisal.store.drafts import Standing, save_draft, standing_of
from services.appraisal.store.months import NothingInForceError, read_month
from services.appraisal.store.policies import PoliciesInForce
from services.appraisal.store.publishing import graded_month
from services.appraisal.store.telling import tell_of_published
from services.chassis.clock import now
from services.chassis.outages import Outages, retry_transient
from services.chassis.postgres import Pool

TICK_SECONDS: Final = 5.0
DRAFT_SECONDS_MIN: Final = 60.0
SHARE: Final = 50
"""Compiling and looking for bursts take one fiftieth of a core at most: after each, so many times as long is rest."""
BUSY_FACTS: Final = 500
"""So many facts since the last tick: the way of a case comes first, drafts wait and bursts are looked for less."""
BUSY_SECONDS: Final = 60.0

_log = structlog.get_logger("whistle.appraisal")


@dataclass(slots=True)
class Compiler:
    """Compiles drafts when facts have come, never while many come."""

    pool: Pool
    zone: ZoneInfo
    metrics: AppraisalMetrics
    outages: Outages
    tick_seconds: float = TICK_SECONDS
    draft_seconds_min: float = DRAFT_SECONDS_MIN
    _policies: PoliciesInForce = field(default_factory=PoliciesInForce)
    _known: dict[str, Standing] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)
    _rest_until: dict[str, float] = field(default_factory=dict)
    _taken: float = 0.0
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Tick until stopped."""
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
        this = month_at(instant, self.zone)
        for month in (month_before(this, self.zone), this):
            await self._draft(month, instant)

    async def _draft(self, month: Period, instant: datetime) -> None:
        async with self.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            standing = await standing_of(connection, month, instant)
            if standing is None or self._known.get(month.name) == standing:
                return
            try:
                read = await read_month(connection, month, self.zone)
                taken = await taken_of(connection, month, over=standing.over)
            except NothingInForceError:
                return
        bulletin = await asyncio.to_thread(compile_bulletin, read)
        graded = await asyncio.to_thread(graded_month, read)
        async with self.pool.acquire() as connection:
            await save_draft(connection, bulletin, graded, taken, instant)
        self._known[month.name] = standing
        self.metrics.drafts.inc()
        _log.info("bulletin compiled", period=month.name, cases=len(read.records))

    def _rested(self, name: str) -> bool:
        return asyncio.get_running_loop().time() >= self._rest_until.get(name, 0.0)

    async def _worked(self, name: str, work: Awaitable[None], least: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await work
        took = loop.time() - began
        self._rest_until[name] = loop.time() + max(least, took * SHARE)
