"""Which grid a point lies in: a memory of cells, most of which lie in one grid only."""

from collections.abc import Sequence
from math import floor
from typing import Final

from services.reference.deciding.ground import Box, Ground
from services.reference.model.organisation import Unit

CELLS_PER_DEGREE: Final = 2_000
"""Cells of about 50 m: most of a grid's ground lies in cells that no edge crosses."""
AREAS_PER_DEGREE: Final = 100
"""Areas of about 1 km, looked at only for what lies in a new cell's area."""
CELLS_MAX: Final = 100_000
"""Remembered; a district of 15 km by 15 km has as many. Others are asked for each time."""
MARGIN_DEGREES: Final = 1e-9
"""A cell is taken a little larger than it is, so that rounding never moves a point across an edge."""

Cell = tuple[int, int]
Grounds = tuple[Ground, ...]


class GridIndex:
    """Finds the grid of a point. On a shared edge the grid whose id sorts first has it, so nobody is in two."""

    def __init__(self, grids: Sequence[Unit]) -> None:
        with_ground = sorted((grid for grid in grids if grid.polygons), key=lambda grid: grid.id)
        self._grounds = tuple(Ground.of(grid.id, grid.polygons) for grid in with_ground)
        self._areas: dict[Cell, Grounds] = {}
        self._cells: dict[Cell, str | Grounds] = {}

    def at(self, longitude: float, latitude: float) -> str | None:
        """Return the grid at a WGS-84 point, or None when it lies in none."""
        cell = (floor(longitude * CELLS_PER_DEGREE), floor(latitude * CELLS_PER_DEGREE))
        known = self._cells.get(cell)
        if known is None:
            known = self._look_at(cell, longitude, latitude)
            if len(self._cells) < CELLS_MAX:
                self._cells[cell] = known
        return known if isinstance(known, str) else _first(known, longitude, latitude)

    def _look_at(self, cell: Cell, longitude: float, latitude: float) -> str | Grounds:
        """Return the grid that has all of a cell, else the grounds that may have a point of it: none, or several."""
        box = _box(cell, CELLS_PER_DEGREE)
        near = tuple(ground for ground in self._near(longitude, latitude) if ground.box.meets(box))
        if any(ground.has_edge_in(box) for ground in near):
            return near
        return _first(near, *box.middle) or ()

    def _near(self, longitude: float, latitude: float) -> Grounds:
        """Return the grounds in the point's area, and in the cells that lie across its edge."""
        area = (floor(longitude * AREAS_PER_DEGREE), floor(latitude * AREAS_PER_DEGREE))
        if (known := self._areas.get(area)) is not None:
            return known
        box = _box(area, AREAS_PER_DEGREE, 1 / CELLS_PER_DEGREE)
        found = tuple(ground for ground in self._grounds if ground.box.meets(box))
        if len(self._areas) < CELLS_MAX:
            self._areas[area] = found
        return found


def _box(place: Cell, per_degree: int, margin: float = MARGIN_DEGREES) -> Box:
    west, south = place[0] / per_degree, place[1] / per_degree
    side = 1 / per_degree
    return Box(west - margin, south - margin, west + side + margin, south + side + margin)


def _first(grounds: Grounds, longitude: float, latitude: float) -> str | None:
    return next((ground.grid for ground in grounds if ground.has(longitude, latitude)), None)
