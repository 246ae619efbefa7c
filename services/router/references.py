"""The reference cache as the router needs it: outages are waited out, and so is the first publication."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.outages import Outages, retry_transient
from services.reference.deciding.compile import CompiledReference
from services.reference.versions.cache import NothingPublishedError, ReferenceCache

OUTAGE: Final = "reference"


class NotPublishedYetError(OSError):
    """Nothing is published yet. Like an outage it ends by itself, so it is waited for like one."""


@dataclass(frozen=True, slots=True)
class CachedReferences:
    """Gives compiled versions; almost always straight from memory."""

    cache: ReferenceCache
    outages: Outages

    async def at(self, accepted_at: datetime) -> CompiledReference:
        return self.cache.fresh(accepted_at) or await self._wait(lambda: self.cache.at(accepted_at))

    async def version(self, number: int) -> CompiledReference:
        try:
            return await retry_transient(lambda: self.cache.version(number), self.outages)
        except NothingPublishedError:
            return self.cache.latest()

    async def _wait(self, read: Callable[[], Awaitable[CompiledReference]]) -> CompiledReference:
        async def attempt() -> CompiledReference:
            try:
                return await read()
            except NothingPublishedError as error:
                raise NotPublishedYetError(str(error)) from error

        return await retry_transient(attempt, self.outages)
