"""Which grid a point lies in: an R-tree over the grids' polygons."""

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from services.reference.model.organisation import Polygon, Unit


class GridIndex:
    """Finds the grid of a point. On a shared edge the grid whose id sorts first has it, so nobody is in two."""

    def __init__(self, grids: Sequence[Unit]) -> None:
        with_ground = sorted((grid for grid in grids if grid.polygons), key=lambda grid: grid.id)
        self._ids = [grid.id for grid in with_ground]
        self._tree = shapely.STRtree([geometry_of(grid.polygons) for grid in with_ground])

    def at(self, longitude: float, latitude: float) -> str | None:
        """Return the grid at a WGS-84 point, or None when it lies in none."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return self._ids[int(found.min())] if len(found) else None


def geometry_of(polygons: Sequence[Polygon]) -> BaseGeometry:
    """Return the shapely geometry of a grid's ground."""
    return shapely.MultiPolygon([(polygon.rings[0], list(polygon.rings[1:])) for polygon in polygons])
