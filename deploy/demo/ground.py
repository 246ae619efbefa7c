"""The ground of the sample district: a warped mesh cut into smallest grids, without gaps or overlaps.

The mesh has 24 by 20 cells of about 450 by 500 metres: 2 by 4 subdistricts, in each 2 by 5 communities, in each
3 by 2 cells, of which some neighbours are one grid. Neighbours share every vertex of their common edge, so the tiling
is exact whatever the warp does.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from deploy.demo.draws import Draws

Cell = tuple[int, int]
Point = tuple[float, float]
Ring = tuple[Point, ...]

SUBDISTRICT_COLUMNS: Final = 4
SUBDISTRICTS: Final = 8
COMMUNITY_COLUMNS: Final = 2
COMMUNITIES: Final = 10
"""Per subdistrict."""
CELL_COLUMNS: Final = 3
CELL_ROWS: Final = 2
COLUMNS: Final = SUBDISTRICT_COLUMNS * COMMUNITY_COLUMNS * CELL_COLUMNS
ROWS: Final = (SUBDISTRICTS // SUBDISTRICT_COLUMNS) * (COMMUNITIES // COMMUNITY_COLUMNS) * CELL_ROWS
CENTER: Final = (113.1, 41.0)
CELL_DEGREES: Final = (0.00535, 0.0045)
"""About 450 m east, 500 m north at 41° N."""
JITTER: Final = 0.16
"""In cells; with the waves' slope it stays far below the half cell at which an edge could turn over."""
DIGITS: Final = 6
"""Decimal places of a degree: 0.1 m."""


@dataclass(frozen=True, slots=True)
class Wave:
    """A smooth displacement; `amplitude` in cells, `length` in cells per period."""

    amplitude: float
    length: float
    phase: float
    slant: float

    def at(self, column: float, row: float) -> float:
        way = column * math.cos(self.slant) + row * math.sin(self.slant)
        return self.amplitude * math.sin(2 * math.pi * way / self.length + self.phase)


class Mesh:
    """The vertices of the district, displaced by smooth waves and a little jitter."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._east = tuple(_waves(Draws(seed, "ground", "east")))
        self._north = tuple(_waves(Draws(seed, "ground", "north")))

    def vertex(self, column: int, row: int) -> Point:
        """Return longitude and latitude of a corner of the mesh."""
        jitter = Draws(self._seed, "ground", column, row)
        east = column + sum(wave.at(column, row) for wave in self._east) + jitter.between(-JITTER, JITTER)
        north = row + sum(wave.at(column, row) for wave in self._north) + jitter.between(-JITTER, JITTER)
        return (
            round(CENTER[0] + (east - COLUMNS / 2) * CELL_DEGREES[0], DIGITS),
            round(CENTER[1] + (north - ROWS / 2) * CELL_DEGREES[1], DIGITS),
        )

    def ring(self, cells: Iterable[Cell]) -> Ring:
        """Return the outline of connected cells, counter-clockwise and closed (RFC 7946)."""
        edges = {edge for cell in cells for edge in _edges(cell)}
        # An edge inside the outline is walked in both directions, by the two cells that share it.
        outline = {start: end for start, end in edges if (end, start) not in edges}
        corner = first = min(outline)
        ring = [self.vertex(*first)]
        while (corner := outline[corner]) != first:
            ring.append(self.vertex(*corner))
        return (*ring, ring[0])


def _waves(draws: Draws) -> Iterator[Wave]:
    for length, amplitude in ((17.0, 0.55), (29.0, 0.9)):
        yield Wave(amplitude, length, draws.between(0, 2 * math.pi), draws.between(0, math.pi))


def _edges(cell: Cell) -> Iterator[tuple[Cell, Cell]]:
    column, row = cell
    corners = ((column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1))
    yield from zip(corners, (*corners[1:], corners[0]), strict=True)


def community_cells(subdistrict: int, community: int) -> list[Cell]:
    """Return the six cells of a community; subdistricts count from 1 to 8, communities from 1 to 10."""
    north, east = divmod(subdistrict - 1, SUBDISTRICT_COLUMNS)
    up, right = divmod(community - 1, COMMUNITY_COLUMNS)
    column = (east * COMMUNITY_COLUMNS + right) * CELL_COLUMNS
    row = (north * (COMMUNITIES // COMMUNITY_COLUMNS) + up) * CELL_ROWS
    return [(column + x, row + y) for y in range(CELL_ROWS) for x in range(CELL_COLUMNS)]


def merged(cells: list[Cell], draws: Draws) -> list[list[tuple[Cell, ...]]]:
    """Return the cells in two blocks, south and north, each of 2 or 3 grids: two neighbours may be one grid."""
    blocks: list[list[tuple[Cell, ...]]] = []
    for first, second, third in (cells[:CELL_COLUMNS], cells[CELL_COLUMNS:]):
        cuts: tuple[list[tuple[Cell, ...]], ...] = (
            [(first,), (second,), (third,)],
            [(first, second), (third,)],
            [(first,), (second, third)],
        )
        blocks.append(draws.pick(cuts))
    return blocks
