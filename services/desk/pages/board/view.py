"""What the board draws with: names of units and items, the ground of grids, its own words. Made once a version."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from services.chassis.pages.words import Language
from services.reference.deciding.compile import CompiledReference
from services.reference.model.catalogue import Item
from services.reference.model.organisation import Polygon, Unit

DIGITS: Final = 5
"""About a metre."""
WORDS: Final = ("board.", "feed.", "fact.", "clock.", "work.", "due.left_work")
"""Beginnings of the keys that the page's script says."""

LatLng = tuple[float, float]
Rings = tuple[tuple[LatLng, ...], ...]


class GridDrawn(msgspec.Struct, frozen=True):
    """One grid with ground; rings are of (latitude, longitude), as maps in browsers take them."""

    id: str
    name: str
    rings: tuple[Rings, ...]


class NamesTold(msgspec.Struct, frozen=True):
    version: int
    words: dict[str, str]
    units: dict[str, str]
    items: dict[str, str]
    grids: tuple[GridDrawn, ...]


def names_told(compiled: CompiledReference, language: Language, sentences: Mapping[str, str]) -> bytes:
    """Return `NamesTold` as JSON."""
    words = {key: said for key, said in sentences.items() if key.startswith(WORDS)}
    items = {code: _item(one, language) for code, one in compiled.items.items()}
    units = compiled.organisation.units
    told = NamesTold(
        version=compiled.number,
        words=words,
        units={unit.id: unit.name_zh for unit in units.values() if unit.kind != "grid"},
        items=items,
        grids=grids_of(compiled),
    )
    return msgspec.json.encode(told)


def _item(item: Item, language: Language) -> str:
    # English names are written as identifiers.
    return item.name_zh if language == "zh" else item.name_en.replace("_", " ").capitalize()


class _Version:
    """A compiled version that compares by itself, so that its ground is drawn once."""

    def __init__(self, compiled: CompiledReference) -> None:
        self.compiled = compiled

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and other.compiled is self.compiled

    def __hash__(self) -> int:
        return self.compiled.number


def grids_of(compiled: CompiledReference) -> tuple[GridDrawn, ...]:
    """Return every grid with ground, drawn once a version."""
    return _grids(_Version(compiled))


@lru_cache(maxsize=2)
def _grids(version: _Version) -> tuple[GridDrawn, ...]:
    units = version.compiled.organisation.units.values()
    with_ground = (unit for unit in units if unit.kind == "grid" and unit.polygons)
    return tuple(_drawn(unit) for unit in sorted(with_ground, key=lambda unit: unit.id))


def _drawn(unit: Unit) -> GridDrawn:
    return GridDrawn(unit.id, unit.name_zh, tuple(_rings(polygon) for polygon in unit.polygons))


def _rings(polygon: Polygon) -> Rings:
    return tuple(_ring(ring) for ring in polygon.rings)


def _ring(ring: Iterable[LatLng]) -> tuple[LatLng, ...]:
    return tuple((round(latitude, DIGITS), round(longitude, DIGITS)) for longitude, latitude in ring)
