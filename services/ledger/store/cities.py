"""Cities as the ledger sees them, each built once: a version never changes, nor what is on while it is in force."""

from collections.abc import Container
from datetime import datetime
from typing import Final, Protocol

from services.ledger.domain.city import City, Mode
from services.ledger.domain.moving import Coming
from services.reference.deciding.compile import CompiledReference
from services.reference.model.calendars import calendar_of
from services.reference.model.modes import ModeOn, limits_of
from services.reference.versions.published import Reading, Stretch

CITIES_MAX: Final = 32
"""Kept; what is dropped is built again. A district decides by one or two versions and applies one."""
COMING_MAX: Final = 8
"""A case that is more versions behind had nothing pending meanwhile; it goes to the one in force in one step."""


class Versions(Protocol):
    """Where reference versions come from; `reference`'s cache is one."""

    async def version(self, number: int) -> CompiledReference:
        """Return version `number`; waits for PostgreSQL, fails when there is no such version."""
        ...

    async def reading(self, at: datetime) -> Reading:
        """Return which versions there are, as read no earlier than 3 s before `at`."""
        ...


class Cities:
    """Cities by the version that decided a case and the one it has applied."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._cities: dict[tuple[int, int], City] = {}

    async def of(self, decided: int, applied: int | None = None) -> City:
        """Return the city of a case: rules, limits, policies of `decided`; calendars, modes, units of `applied`."""
        key = (decided, decided if applied is None else applied)
        city = self._cities.get(key)
        if city is None:
            city = await self._build(*key)
            if len(self._cities) >= CITIES_MAX:
                del self._cities[next(iter(self._cities))]
            self._cities[key] = city
        return city

    async def coming(self, decided: int, applied: int, at: datetime) -> tuple[Coming, ...]:
        """Return the versions on the way from `applied` to the one in force at `at`, in time order."""
        reading = await self._versions.reading(at)
        if reading.version_at(at) == applied:
            return ()
        stretches = reading.coming(applied, at)
        if len(stretches) > COMING_MAX:
            stretches = stretches[-1:]
        return tuple([await self._coming(decided, stretch) for stretch in stretches])

    async def is_moving(self, applied: int, version: int) -> bool:
        """Whether anything that moves open cases differs between two versions."""
        if applied == version:
            return False
        old, new = await self._versions.version(applied), await self._versions.version(version)
        if old.version.calendars != new.version.calendars or old.organisation.units.keys() - new.organisation.units:
            return True
        return await self._modes(old) != await self._modes(new)

    async def items_of(self, version: int, domains: Container[str]) -> list[str]:
        """Return the codes of the items of these domains."""
        items = (await self._versions.version(version)).items.values()
        return [item.code for item in items if item.domain_code in domains]

    async def _coming(self, decided: int, stretch: Stretch) -> Coming:
        return Coming(city=await self.of(decided, stretch.version), active_from=stretch.active_from)

    async def _build(self, decided: int, applied: int) -> City:
        by = await self._versions.version(decided)
        now = by if applied == decided else await self._versions.version(applied)
        return city_of(by, now, await self._modes(now))

    async def _modes(self, reference: CompiledReference) -> tuple[ModeOn, ...]:
        active_from = reference.version.active_from
        if active_from is None or not reference.version.profiles:
            return ()
        reading = await self._versions.reading(active_from)
        return reading.modes_at(reference.number)


def city_of(decided: CompiledReference, applied: CompiledReference, on: tuple[ModeOn, ...] = ()) -> City:
    """Return the city of cases decided by one version while another one is in force."""
    organisation, calendar = applied.organisation, applied.calendar
    if decided.policies.day_mode != applied.policies.day_mode:
        calendar = calendar_of(applied.version.calendars, decided.policies.day_mode)
    return City(
        number=applied.number,
        calendar=calendar,
        policies=decided.policies,
        departments=frozenset(organisation.departments()),
        units=frozenset(organisation.units),
        modes=tuple(mode for one in on if (mode := _mode(one, applied)) is not None),
        organisation=organisation,
        items=applied.items.keys(),
    )


def _mode(on: ModeOn, reference: CompiledReference) -> Mode | None:
    profile = next((profile for profile in reference.version.profiles if profile.id == on.profile), None)
    area = reference.organisation.units.get(on.area)
    if profile is None or area is None:
        return None
    return Mode(
        profile=profile.id,
        area=None if area.kind == "district" else area.id,
        since=on.since,
        limits=limits_of(profile, reference.version.catalogue),
    )
