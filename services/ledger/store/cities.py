"""Reference versions as the ledger sees them, each built once: a version never changes."""

from typing import Protocol

from services.ledger.domain.city import City
from services.reference.deciding.compile import CompiledReference


class Versions(Protocol):
    """Where reference versions come from; `reference`'s cache is one."""

    async def version(self, number: int) -> CompiledReference:
        """Return version `number`; waits for PostgreSQL, fails when there is no such version."""
        ...


class Cities:
    """Cities by version number."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._cities: dict[int, City] = {}

    async def of(self, number: int) -> City:
        """Return the city of reference version `number`."""
        city = self._cities.get(number)
        if city is None:
            city = self._cities[number] = city_of(await self._versions.version(number))
        return city


def city_of(reference: CompiledReference) -> City:
    """Return what the ledger needs of a compiled version."""
    organisation = reference.organisation
    return City(
        number=reference.number,
        calendar=reference.calendar,
        policies=reference.policies,
        departments=frozenset(organisation.departments()),
        units=frozenset(organisation.units),
    )
