"""Which versions there are, and where they are published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.postgres import Pool


class NothingPublishedError(LookupError):
    """No reference version exists yet, or not the one asked for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when a version is in force; a later stretch ends it."""

    version: int
    active_from: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """Which versions there were, by the database's clock."""

    read_at: datetime
    stretches: tuple[Stretch, ...]
    """In time order; of the same instant the higher number last."""

    def version_at(self, at: datetime) -> int:
        """Return the version in force, as `reference.version_at` does. Raises NothingPublishedError."""
        if not self.stretches:
            raise NothingPublishedError("no reference version is published")
        # From the end: what is asked about is nearly always now.
        begun = next((stretch for stretch in reversed(self.stretches) if stretch.active_from <= at), self.stretches[0])
        return begun.version


class VersionStore(Protocol):
    """Where versions are published."""

    async def read(self) -> Reading: ...

    async def content(self, number: int) -> tuple[bytes, datetime]:
        """Return the content and `active_from` of a version. Raises NothingPublishedError."""
        ...


class PublishedVersions:
    """The versions in PostgreSQL."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self) -> Reading:
        """Return all versions there are; `read_at` is taken before, so it never claims more than was seen."""
        async with self._pool.acquire() as connection:
            read_at = await connection.fetchval("select clock.now()")
            rows = await connection.fetch(
                "select version, active_from from reference.versions order by active_from, version"
            )
        return Reading(read_at, tuple(Stretch(row["version"], row["active_from"]) for row in rows))

    async def content(self, number: int) -> tuple[bytes, datetime]:
        row = await self._pool.fetchrow(
            "select content, active_from from reference.versions where version = $1", number
        )
        if row is None:
            raise NothingPublishedError(f"reference version {number} is not published")
        return row["content"], row["active_from"]
