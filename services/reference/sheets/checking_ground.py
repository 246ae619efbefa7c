"""The ground of the grids: every smallest grid has one, none overlap; holes between them are reported."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from services.reference.model.organisation import Polygon, Unit
from services.reference.sheets.refusals import Refusal

SHEET: Final = "grids"
CRACK: Final = 1e-7
"""Degrees, about 1 cm."""
SLIVER: Final = 1e-10
"""Square degrees, about 1 m²: smaller overlaps and holes come from rounding coordinates."""


def check_ground(units: Mapping[str, Unit], ground: Mapping[str, Sequence[Polygon]]) -> Iterator[Refusal]:
    """Yield polygons without a grid, grids without a polygon, broken polygons and overlaps. Rows count features."""
    above = {unit.parent for unit in units.values() if unit.kind == "grid"}
    for number, grid in enumerate(ground, start=1):
        unit = units.get(grid)
        if unit is None or unit.kind != "grid":
            yield Refusal(SHEET, number, "grid", f"{grid!r} is no grid of the sheet units")
        elif grid in above:
            yield Refusal(SHEET, number, "grid", f"{grid!r} has grids below it; only the smallest have ground")
    for unit in units.values():
        if unit.kind == "grid" and unit.id not in above and unit.id not in ground:
            yield Refusal(SHEET, 0, "grid", f"{unit.id} has no polygon: no point could lie in it")
    yield from _shape_faults(ground)


def holes(ground: Mapping[str, Sequence[Polygon]]) -> list[tuple[float, float]]:
    """Return a point inside each hole between the grids; reports from there go to the command center."""
    # Snapped to a grid of 1 cm: a crack of rounding between two neighbours would open a hole to the outside.
    whole = shapely.unary_union([geometry_of(polygons) for polygons in ground.values()], grid_size=CRACK)
    parts = whole.geoms if isinstance(whole, shapely.MultiPolygon) else [whole]
    inner = [shapely.Polygon(ring) for part in parts for ring in getattr(part, "interiors", [])]
    points = [hole.representative_point() for hole in inner if hole.area > SLIVER]
    return [(point.x, point.y) for point in points]


def geometry_of(polygons: Sequence[Polygon]) -> BaseGeometry:
    """Return the shapely geometry of a grid's ground."""
    return shapely.MultiPolygon([(polygon.rings[0], list(polygon.rings[1:])) for polygon in polygons])


def _shape_faults(ground: Mapping[str, Sequence[Polygon]]) -> Iterator[Refusal]:
    names = list(ground)
    shapes: list[BaseGeometry] = [geometry_of(ground[name]) for name in names]
    for number, shape in enumerate(shapes, start=1):
        if not shape.is_valid:
            yield Refusal(SHEET, number, "geometry", shapely.is_valid_reason(shape))
    sound = [index for index, shape in enumerate(shapes) if shape.is_valid]
    tree = shapely.STRtree([shapes[index] for index in sound])
    for left, right in tree.query([shapes[index] for index in sound], predicate="intersects").T:
        if left < right:
            first, second = sound[int(left)], sound[int(right)]
            if shapes[first].intersection(shapes[second]).area > SLIVER:
                yield Refusal(SHEET, second + 1, "geometry", f"{names[second]} overlaps {names[first]}")
