"""Names of units and items for messages that people read, by the reference version in force."""

import asyncio
import gzip
import time
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from services.chassis.outages import Outages, retry_transient
from services.notify.domain.phrases import Language
from services.reference.versions.published import NothingPublishedError, VersionStore

AGE_SECONDS_MAX: Final = 60.0


class _Unit(msgspec.Struct):
    id: str
    name_zh: str


class _Item(msgspec.Struct):
    code: str
    name_zh: str
    name_en: str


class _Content(msgspec.Struct):
    organisation: tuple[_Unit, ...]
    catalogue: tuple[_Item, ...]


class Names:
    """A copy at most a minute old, read when the first message asks for it. Units have Chinese names only."""

    def __init__(
        self,
        versions: VersionStore,
        language: Language,
        outages: Outages,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._language = language
        self._outages = outages
        self._clock = clock
        self._version = 0
        self._copy: Mapping[str, str] = {}
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()

    async def current(self) -> Mapping[str, str]:
        """Return names by id and by code; none before the first publication."""
        async with self._lock:
            if self._clock() - self._read_at > AGE_SECONDS_MAX:
                await retry_transient(self._read, self._outages)
                self._read_at = self._clock()
            return self._copy

    async def _read(self) -> None:
        reading = await self._versions.read()
        try:
            number = reading.version_at(reading.read_at)
        except NothingPublishedError:
            return
        if number != self._version:
            content, _ = await self._versions.content(number)
            self._copy = await asyncio.to_thread(self._names_in, content)
            self._version = number

    def _names_in(self, content: bytes) -> Mapping[str, str]:
        read = msgspec.json.decode(gzip.decompress(content), type=_Content)
        items = {item.code: item.name_zh if self._language == "zh" else item.name_en for item in read.catalogue}
        return items | {unit.id: unit.name_zh for unit in read.organisation}
