"""Which versions there are, and where they are published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from services.chassis.postgres import Pool
from services.reference.model.modes import ModeOn

ACQUIRE_SECONDS_MAX: Final = 3.0
"""Who reads may hold a connection of the same pool; when all do, they must fail and let go, not wait for each other."""
CONTENT: Final = "select content, active_from from reference.versions where version = $1"
STRETCHES: Final = """
    select v.version, v.active_from, m.profile, m.area, m.switched_on, a.admission_id, a.ends_on
    from reference.versions v
    left join reference.mode_switches m using (version)
    left join reference.admission_ends a using (version)
    order by v.active_from, v.version
"""


class NothingPublishedError(LookupError):
    """No reference version exists yet, or not the one asked for."""


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """A profile switched on or off for an area."""

    profile: str
    area: str
    on: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """An admission that was withdrawn, and the first day on which it no longer holds."""

    admission: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when a version is in force; a later stretch ends it."""

    version: int
    active_from: datetime
    switch: ModeSwitch | None = None
    """The mode that this version switched, if it did nothing else."""
    ending: Ending | None = None
    """The admission that this version ended, if it did nothing else."""


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

    def coming(self, applied: int, at: datetime) -> tuple[Stretch, ...]:
        """Return the stretches that began after the one of `applied` and by `at`, in time order."""
        begun = [stretch for stretch in self.stretches if stretch.active_from <= at]
        places = [place for place, stretch in enumerate(begun) if stretch.version == applied]
        return tuple(begun[places[0] + 1 :]) if places else tuple(begun[-1:])

    def modes_at(self, version: int) -> tuple[ModeOn, ...]:
        """Return the modes that are on while `version` is in force, in the order they were switched on."""
        on: dict[tuple[str, str], ModeOn] = {}
        for stretch in self.stretches:
            switch = stretch.switch
            if switch is not None:
                on.pop((switch.profile, switch.area), None)
                if switch.on:
                    on[switch.profile, switch.area] = ModeOn(switch.profile, switch.area, stretch.active_from)
            if stretch.version == version:
                return tuple(on.values())
        raise NothingPublishedError(f"reference version {version} is not published")

    def knows(self, version: int) -> bool:
        """Whether a version was published by then."""
        return any(stretch.version == version for stretch in self.stretches)

    def ends_at(self, version: int) -> Mapping[str, date]:
        """Return the admissions withdrawn by the time `version` comes into force, and when they end (S0-10)."""
        ends: dict[str, date] = {}
        for stretch in self.stretches:
            if stretch.ending is not None:
                ends[stretch.ending.admission] = stretch.ending.ends_on
            if stretch.version == version:
                return ends
        raise NothingPublishedError(f"reference version {version} is not published")


class VersionStore(Protocol):
    """Where versions are published."""

    async def read(self) -> Reading: ...

    async def content(self, number: int) -> tuple[bytes, datetime]:
        """Return the content and `active_from` of a version. Raises NothingPublishedError."""
        ...


class PublishedVersions:
    """The versions in PostgreSQL."""

    def __init__(self, pool: Pool, *, acquire_seconds_max: float = ACQUIRE_SECONDS_MAX) -> None:
        self._pool = pool
        self._acquire_seconds_max = acquire_seconds_max

    async def read(self) -> Reading:
        """Return all versions there are; `read_at` is taken before, so it never claims more than was seen."""
        async with self._pool.acquire(timeout=self._acquire_seconds_max) as connection:
            read_at = await connection.fetchval("select clock.now()")
            rows = await connection.fetch(STRETCHES)
        return Reading(read_at, tuple(map(_stretch, rows)))

    async def content(self, number: int) -> tuple[bytes, datetime]:
        async with self._pool.acquire(timeout=self._acquire_seconds_max) as connection:
            row = await connection.fetchrow(CONTENT, number)
        if row is None:
            raise NothingPublishedError(f"reference version {number} is not published")
        return row["content"], row["active_from"]


def _stretch(row: Any) -> Stretch:
    switch = None if row["profile"] is None else ModeSwitch(row["profile"], row["area"], row["switched_on"])
    ending = None if row["admission_id"] is None else Ending(row["admission_id"], row["ends_on"])
    return Stretch(row["version"], row["active_from"], switch, ending)
