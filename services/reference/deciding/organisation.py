"""Questions about the units of one version: paths, supervisors, branches, the grid at a point."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Final

from services.contracts.events.report import Lane, Place
from services.reference.deciding.place import GridIndex
from services.reference.model.organisation import COMMAND_CENTER, PATH_MAX, Unit

DEPARTMENT_KINDS: Final = frozenset({"department", "company"})


class UnknownUnitError(LookupError):
    """No such unit in this version."""


class Organisation:
    """The units in force on one day, with every answer that costs a search prepared."""

    def __init__(self, units: Iterable[Unit], on: date | None = None) -> None:
        self.units = {unit.id: unit for unit in units if _exists(unit, on)}
        self._paths = {unit_id: self._walk(unit_id) for unit_id in self.units}
        self._communities = {unit_id: self._first(unit_id, "community") for unit_id in self.units}
        self._subdistricts = {unit_id: self._first(unit_id, "subdistrict") for unit_id in self.units}
        self._branches = {(unit.parent, unit.serves): unit.id for unit in self.units.values() if unit.serves}
        self._lane_units = {lane: unit.id for unit in self.units.values() for lane in unit.lanes}
        self.department_set = frozenset(unit.id for unit in self.units.values() if unit.kind in DEPARTMENT_KINDS)
        self._departments = tuple(sorted(self.department_set))

    def unit(self, unit_id: str) -> Unit:
        """Return the unit, or raise UnknownUnitError."""
        try:
            return self.units[unit_id]
        except KeyError:
            raise UnknownUnitError(f"no unit {unit_id!r}") from None

    def path(self, unit_id: str) -> tuple[str, ...]:
        """Return the ids from this unit up to the district, itself first."""
        try:
            return self._paths[unit_id]
        except KeyError:
            raise UnknownUnitError(f"no unit {unit_id!r}") from None

    def community_of(self, unit_id: str) -> str | None:
        """Return the community that a grid belongs to; a community is its own."""
        return self._communities.get(unit_id)

    def subdistrict_of(self, unit_id: str) -> str | None:
        """Return the subdistrict that a grid or community belongs to; a subdistrict is its own."""
        return self._subdistricts.get(unit_id)

    def departments(self) -> tuple[str, ...]:
        """Return every unit that may lead at district tier: departments and companies, in order."""
        return self._departments

    def branch(self, department: str, subdistrict: str) -> str | None:
        """Return the department's branch office in a subdistrict, if it has one there."""
        return self._branches.get((department, subdistrict))

    def lane_unit(self, lane: Lane) -> str | None:
        """Return the unit that alone receives reports of a sensitive lane."""
        return self._lane_units.get(lane)

    def supervisor_of(self, unit_id: str) -> str | None:
        """Return who takes complaints about a unit; None for the district, which has nobody above it.

        The district is the government itself and keeps no queue, so the command center stands in for it.
        """
        unit = self.unit(unit_id)
        above = unit.supervisor or unit.parent
        if above is not None and self.unit(above).kind == "district" and unit_id != COMMAND_CENTER:
            return COMMAND_CENTER
        return above

    def is_under(self, unit_id: str, others: Iterable[str]) -> bool:
        """Whether the unit is one of `others`, or below one of them."""
        above = self._paths.get(unit_id, (unit_id,))
        return any(other in above for other in others)

    def barred_by(self, accused: Iterable[str]) -> tuple[str, ...]:
        """Return the accused units and everything below them, in order; of the district itself nothing below.

        Everybody stands below the district: somebody of it must take the case all the same.
        """
        named = tuple(accused)
        heads = [unit for unit in named if unit in self.units and self.units[unit].kind != "district"]
        below = (unit for unit in self.units if heads and self.is_under(unit, heads))
        return tuple(sorted({*named, *below})) if named else ()

    def grid_at(self, longitude: float, latitude: float) -> str | None:
        """Return the grid at a WGS-84 point, or None outside the district."""
        return self._grids.at(longitude, latitude)

    def place_of(self, place: Place) -> Place:
        """Return the place with community and subdistrict filled in from its smallest unit that exists."""
        smallest = self.smallest(place)
        if smallest is None:
            return place
        community, subdistrict = self._communities[smallest], self._subdistricts[smallest]
        if place.community == community and place.subdistrict == subdistrict:
            return place
        return Place(
            longitude=place.longitude,
            latitude=place.latitude,
            grid=place.grid,
            community=community,
            subdistrict=subdistrict,
            address=place.address,
        )

    def smallest(self, place: Place) -> str | None:
        """Return the smallest unit of the place that exists in this version."""
        for unit_id in (place.grid, place.community, place.subdistrict):
            if unit_id is not None and unit_id in self.units:
                return unit_id
        return None

    @cached_property
    def _grids(self) -> GridIndex:
        return GridIndex([unit for unit in self.units.values() if unit.kind == "grid"])

    def _walk(self, unit_id: str) -> tuple[str, ...]:
        path = [unit_id]
        while (parent := self.units[path[-1]].parent) is not None and parent in self.units and len(path) < PATH_MAX:
            path.append(parent)
        return tuple(path)

    def _first(self, unit_id: str, kind: str) -> str | None:
        return next((above for above in self._paths[unit_id] if self.units[above].kind == kind), None)


def _exists(unit: Unit, on: date | None) -> bool:
    if on is None:
        return True
    return (unit.valid_from is None or unit.valid_from <= on) and (unit.valid_to is None or on < unit.valid_to)
