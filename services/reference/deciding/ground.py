"""Whether a point lies on a grid's ground, exactly as shapely says it, in processes that need not load shapely."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from typing import Final, Self

from services.reference.model.organisation import Polygon, Ring

Point = tuple[float, float]
"""Longitude and latitude, as a ring has them."""

DOUBT: Final = 4e-16
"""Of a determinant's two terms: below that rounding may have changed its sign (Shewchuk 1997)."""


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, edges included."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.west <= other.east
            and self.east >= other.west
            and self.south <= other.north
            and self.north >= other.south
        )

    @property
    def middle(self) -> Point:
        return (self.west + self.east) / 2, (self.south + self.north) / 2


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of one grid."""

    grid: str
    polygons: Sequence[Polygon]
    box: Box

    @classmethod
    def of(cls, grid: str, polygons: Sequence[Polygon]) -> Self:
        points = list(chain.from_iterable(polygon.rings[0] for polygon in polygons))
        longitudes, latitudes = zip(*points, strict=True)
        box = Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
        return cls(grid, polygons, box)

    def has(self, longitude: float, latitude: float) -> bool:
        """Whether the point lies inside or on an edge."""
        return any(_has(polygon, longitude, latitude) for polygon in self.polygons)

    def has_edge_in(self, box: Box) -> bool:
        """Whether an edge comes into the box; if none does, all of the box is inside or all of it is not."""
        rings = chain.from_iterable(polygon.rings for polygon in self.polygons)
        return any(_crosses(one, other, box) for ring in rings for one, other in pairwise(ring))


def _has(polygon: Polygon, longitude: float, latitude: float) -> bool:
    outer, *holes = polygon.rings
    inside = _is_inside(outer, longitude, latitude)
    if not inside:
        return inside is None
    return not any(_is_inside(hole, longitude, latitude) for hole in holes)


def _is_inside(ring: Ring, longitude: float, latitude: float) -> bool | None:
    """Whether the point is inside the ring; None on its edge. Counts the edges that a ray to the east crosses."""
    inside = False
    for one, other in pairwise(ring):
        if one[0] < longitude and other[0] < longitude:
            continue
        if (one[1] > latitude) == (other[1] > latitude):
            if one[1] == latitude and _is_level_with(one, other, longitude, latitude):
                return None
            continue
        side = _side(one, other, longitude, latitude)
        if side == 0:
            return None
        if (side > 0) == (other[1] > one[1]):
            inside = not inside
    return inside


def _is_level_with(one: Point, other: Point, longitude: float, latitude: float) -> bool:
    """Whether an edge that begins at this latitude and goes east, west or down has the point."""
    if other[1] != latitude:
        return one[0] == longitude
    return min(one[0], other[0]) <= longitude <= max(one[0], other[0])


def _crosses(one: Point, other: Point, box: Box) -> bool:
    if max(one[0], other[0]) < box.west or min(one[0], other[0]) > box.east:
        return False
    if max(one[1], other[1]) < box.south or min(one[1], other[1]) > box.north:
        return False
    sides = {_side(one, other, x, y) for x in (box.west, box.east) for y in (box.south, box.north)}
    return len(sides) > 1 or sides == {0}


def _side(one: Point, other: Point, longitude: float, latitude: float) -> int:
    """Return 1 where the point is left of the way from one to the other, -1 right of it, 0 on its line."""
    left = (other[0] - one[0]) * (latitude - one[1])
    right = (other[1] - one[1]) * (longitude - one[0])
    if abs(left - right) > DOUBT * (abs(left) + abs(right)):
        return 1 if left > right else -1
    (ax, ay), (bx, by), (x, y) = _exact(one), _exact(other), _exact((longitude, latitude))
    exactly = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    return (exactly > 0) - (exactly < 0)


def _exact(point: Point) -> tuple[Fraction, Fraction]:
    return Fraction(point[0]), Fraction(point[1])
