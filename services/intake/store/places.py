"""The district's places as residents' pages show them: subdistricts with their communities, and each one's ground."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from services.reference.deciding.compile import CompiledReference
from services.reference.model.organisation import Unit, UnitKind

DIGITS: Final = 5
"""About a metre, enough to tap on."""

LatLng = tuple[float, float]
Rings = tuple[tuple[LatLng, ...], ...]


class Named(msgspec.Struct, frozen=True):
    id: str
    name: str


class Area(msgspec.Struct, frozen=True):
    """One subdistrict and its communities, by name."""

    id: str
    name: str
    communities: tuple[Named, ...]


class Ground(msgspec.Struct, frozen=True):
    """The ground of one community: polygons of rings of (latitude, longitude), as maps in browsers take them."""

    id: str
    name: str
    rings: tuple[Rings, ...]


class Grounds(msgspec.Struct, frozen=True):
    version: int
    areas: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class DistrictPlaces:
    """Asks the copy in memory. Raises NothingPublishedError before anything is published."""

    reference: Callable[[], CompiledReference]

    def areas(self) -> tuple[Area, ...]:
        """Return the subdistricts for a list to choose from."""
        return _areas(_Version(self.reference()))

    def grounds(self) -> bytes:
        """Return `Grounds` as JSON. The first call of a version takes a few hundred milliseconds: use a thread."""
        return _grounds(_Version(self.reference()))

    def name_of(self, unit: str) -> str:
        """Return a unit's name; the id itself for one that no longer exists."""
        known = self.reference().organisation.units.get(unit)
        return unit if known is None else known.name_zh


class _Version:
    """A compiled version that compares by its number, so that what is made of it is made once."""

    def __init__(self, compiled: CompiledReference) -> None:
        self.compiled = compiled

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and other.compiled is self.compiled

    def __hash__(self) -> int:
        return self.compiled.number


@lru_cache(maxsize=2)
def _areas(version: _Version) -> tuple[Area, ...]:
    units = version.compiled.organisation.units.values()
    return tuple(
        Area(
            one.id,
            one.name_zh,
            tuple(Named(c.id, c.name_zh) for c in _of_kind(units, "community") if c.parent == one.id),
        )
        for one in _of_kind(units, "subdistrict")
    )


@lru_cache(maxsize=2)
def _grounds(version: _Version) -> bytes:
    organisation = version.compiled.organisation
    units = organisation.units.values()
    grids = [unit for unit in _of_kind(units, "grid") if unit.polygons]
    grounds = tuple(
        Ground(one.id, one.name_zh, _outline([g for g in grids if organisation.community_of(g.id) == one.id]))
        for one in _of_kind(units, "community")
    )
    return msgspec.json.encode(Grounds(version.compiled.number, tuple(ground for ground in grounds if ground.rings)))


def _of_kind(units: Iterable[Unit], kind: UnitKind) -> list[Unit]:
    return sorted((unit for unit in units if unit.kind == kind), key=lambda unit: unit.id)


def _outline(grids: Sequence[Unit]) -> tuple[Rings, ...]:
    # Imported here: shapely costs 30 MiB, and only who opens the map needs it.
    from shapely import MultiPolygon, Polygon, unary_union  # noqa: PLC0415 (see above)

    shapes = [Polygon(p.rings[0], p.rings[1:]) for grid in grids for p in grid.polygons]
    joined = unary_union(shapes)
    parts = joined.geoms if isinstance(joined, MultiPolygon) else [joined]
    return tuple(
        tuple(_ring(ring.coords) for ring in (part.exterior, *part.interiors))
        for part in parts
        if isinstance(part, Polygon) and not part.is_empty
    )


def _ring(coordinates: Iterable[tuple[float, ...]]) -> tuple[LatLng, ...]:
    return tuple((round(point[1], DIGITS), round(point[0], DIGITS)) for point in coordinates)
