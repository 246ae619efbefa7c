"""Compiled versions in memory, and the rule that makes them safe: fresh enough for the report, or read again first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from services.chassis.outages import is_transient
from services.chassis.postgres import Pool
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.versions.content import version_of
from services.reference.versions.published import NothingPublishedError, PublishedVersions, Reading, VersionStore
from services.reference.versions.register import with_ends

__all__ = ["NothingPublishedError", "ReferenceCache", "reference_cache"]

FRESH: Final = timedelta(seconds=3)
"""A publication commits at least 3 s before its `active_from` (design §7), so a copy this much older knows it."""
REFRESH_SECONDS: Final = 1.0
COMPILED_MAX: Final = 8
"""Compiled versions kept; one of a large district takes some 10 MiB."""

_log = structlog.get_logger("whistle.reference")


class ReferenceCache:
    """The versions in force, compiled. One task at a time reads; compiling leaves the event loop free."""

    def __init__(self, store: VersionStore, on_loaded: Callable[[CompiledReference], None] | None = None) -> None:
        self._store = store
        self._on_loaded = on_loaded
        self._reading: Reading | None = None
        self._compiled: dict[int, CompiledReference] = {}
        self._ends: dict[int, Mapping[str, date]] = {}
        """The withdrawn admissions that each compiled version knows of."""
        self._lock = asyncio.Lock()

    def fresh(self, accepted_at: datetime) -> CompiledReference | None:
        """Return what `at` would, or None when that has to read or to compile first."""
        reading = self._reading
        if reading is None or reading.read_at < accepted_at - FRESH or not reading.stretches:
            return None
        return self._compiled.get(reading.version_at(accepted_at))

    async def at(self, accepted_at: datetime) -> CompiledReference:
        """Return the version in force at `accepted_at`, by a copy read no earlier than 3 s before it.

        Raises:
            NothingPublishedError: nothing is published.
        """
        compiled = self.fresh(accepted_at)
        if compiled is not None:
            return compiled
        reading = await self.reading(accepted_at)
        return await self.version(reading.version_at(accepted_at))

    async def version(self, number: int) -> CompiledReference:
        """Return a version by its number. Raises NothingPublishedError."""
        return self._compiled.get(number) or await self._load(number)

    def latest(self) -> CompiledReference:
        """Return the version in force at the last reading. Raises NothingPublishedError."""
        if self._reading is None:
            raise NothingPublishedError("no reference version was read yet")
        number = self._reading.version_at(self._reading.read_at)
        compiled = self._compiled.get(number)
        if compiled is None:
            raise NothingPublishedError(f"reference version {number} is not loaded yet")
        return compiled

    async def refresh(self) -> None:
        """Read which versions there are, and compile the one in force and the next one before they are asked for."""
        async with self._lock:
            reading = self._keep(await self._store.read())
        if not reading.stretches:
            return
        upcoming = [stretch.version for stretch in reading.stretches if stretch.active_from > reading.read_at][:1]
        for number in [reading.version_at(reading.read_at), *upcoming]:
            await self.version(number)

    async def check(self) -> str | None:
        """Readiness: what is missing, or None."""
        try:
            self.latest()
        except NothingPublishedError as error:
            return str(error)
        return None

    async def reading(self, at: datetime) -> Reading:
        """Return which versions there are, as read no earlier than 3 s before `at`."""
        known = self._reading
        if known is not None and known.read_at >= at - FRESH and known.stretches:
            return known
        async with self._lock:
            reading = self._reading
            # Nothing published may have changed by now, however fresh the reading is.
            if reading is None or reading.read_at < at - FRESH or not reading.stretches:
                reading = self._keep(await self._store.read())
            return reading

    def _keep(self, reading: Reading) -> Reading:
        """Forget what was compiled before an admission ended: a version yet to come finds it ended."""
        self._reading = reading
        for number, ends in list(self._ends.items()):
            if reading.ends_at(number) != ends:
                del self._compiled[number], self._ends[number]
        return reading

    async def _load(self, number: int) -> CompiledReference:
        async with self._lock:
            known = self._compiled.get(number)
            if known is not None:
                return known
            content, active_from = await self._store.content(number)
            if self._reading is None or not self._reading.knows(number):
                self._keep(await self._store.read())
            ends = self._reading.ends_at(number) if self._reading else {}
            compiled = await asyncio.to_thread(
                lambda: compile_version(with_ends(version_of(content, number, active_from), ends))
            )
            self._make_room()
            self._compiled[number], self._ends[number] = compiled, ends
        if self._on_loaded is not None:
            self._on_loaded(compiled)
        return compiled

    def _make_room(self) -> None:
        in_force = self._reading.version_at(self._reading.read_at) if self._reading and self._reading.stretches else 0
        old = [number for number in self._compiled if number != in_force]
        for number in old[: max(len(self._compiled) - COMPILED_MAX + 1, 0)]:
            del self._compiled[number], self._ends[number]


@asynccontextmanager
async def reference_cache(
    pool: Pool, on_loaded: Callable[[CompiledReference], None] | None = None
) -> AsyncIterator[ReferenceCache]:
    """Open the cache, loaded where something is published, and keep it fresh in the background.

    `on_loaded` is called with each version after it was compiled.
    """
    cache = ReferenceCache(PublishedVersions(pool), on_loaded)
    await cache.refresh()
    task = asyncio.create_task(_keep_fresh(cache.refresh), name="reference.keep-fresh")
    try:
        yield cache
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_fresh(refresh: Callable[[], Awaitable[None]]) -> None:
    """Refresh for ever; an outage of the database only makes the copy older, and `at` then reads before it decides."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            await refresh()
        except Exception as error:  # noqa: BLE001 -- one bad reading must not end the refreshing
            if not is_transient(error):
                _log.exception("the reference cannot be refreshed", error=repr(error)[:300])
