"""grids.geojson: the ground of every smallest grid.

A FeatureCollection (RFC 7946, WGS-84, longitude first). Each feature has `properties.grid`, the id of a unit of kind
`grid` without grids below it, and a Polygon or MultiPolygon. Each such grid appears exactly once. Neighbours share
their edges: polygons that overlap are refused, holes between them are reported.
"""

from typing import Final

import msgspec

from services.reference.model.organisation import Polygon, Ring
from services.reference.sheets.reading import BYTES_MAX
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

SHEET: Final = "grids"
VERTICES_MAX: Final = 5_000
RING_MIN: Final = 4


class _Properties(msgspec.Struct):
    grid: str


class _PolygonGeometry(msgspec.Struct, tag_field="type", tag="Polygon"):
    coordinates: tuple[tuple[tuple[float, float], ...], ...]


class _MultiPolygonGeometry(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    coordinates: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]


class _Feature(msgspec.Struct, tag_field="type", tag="Feature"):
    properties: _Properties
    geometry: _PolygonGeometry | _MultiPolygonGeometry


class _Collection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: tuple[_Feature, ...]


def read_grids(content: bytes) -> dict[str, tuple[Polygon, ...]]:
    """Return the polygons by grid id.

    Raises:
        SheetsRefusedError: no such GeoJSON, a grid twice, an open or too long ring, a point that is not on the globe.
            The row of a refusal is the feature's position, counted from 1.
    """
    if len(content) > BYTES_MAX:
        raise SheetsRefusedError([Refusal(SHEET, 0, "", f"larger than {BYTES_MAX // 2**20} MiB")])
    try:
        collection = msgspec.json.decode(content, type=_Collection)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SheetsRefusedError([Refusal(SHEET, 0, "", str(error))]) from error
    found: dict[str, tuple[Polygon, ...]] = {}
    refusals: list[Refusal] = []
    for number, feature in enumerate(collection.features, start=1):
        grid = feature.properties.grid
        polygons = _polygons(feature.geometry)
        reasons = [reason for polygon in polygons for ring in polygon.rings if (reason := _ring_fault(ring))]
        if grid in found:
            reasons.append(f"{grid} appears twice")
        refusals += [Refusal(SHEET, number, "geometry", reason) for reason in reasons]
        found[grid] = polygons
    if refusals:
        raise SheetsRefusedError(refusals)
    return found


def _polygons(geometry: _PolygonGeometry | _MultiPolygonGeometry) -> tuple[Polygon, ...]:
    if isinstance(geometry, _PolygonGeometry):
        return (Polygon(geometry.coordinates),)
    return tuple(Polygon(rings) for rings in geometry.coordinates)


def _ring_fault(ring: Ring) -> str | None:
    if not RING_MIN <= len(ring) <= VERTICES_MAX:
        return f"a ring has {RING_MIN} to {VERTICES_MAX} points, not {len(ring)}"
    if ring[0] != ring[-1]:
        return "a ring ends where it begins"
    if any(not (-180 <= longitude <= 180 and -90 <= latitude <= 90) for longitude, latitude in ring):
        return "a point is longitude, then latitude, in degrees"
    return None
