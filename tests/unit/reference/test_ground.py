"""A grid's ground has a point exactly when shapely says so, on edges and corners too."""

from collections.abc import Sequence
from math import cos, nextafter, pi, sin

import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from services.reference.deciding.ground import Box, Ground
from services.reference.model.organisation import Polygon, Ring
from services.reference.sheets.checking_ground import geometry_of

SIDE = 4
"""Corners of drawn rings lie on so small a lattice that rays and cells often run through them."""

lattice = st.integers(0, SIDE).map(lambda step: 113.1 + step / 1_000)
anywhere = st.floats(113.099, 113.105)
coordinates = lattice | anywhere
points = st.tuples(coordinates, coordinates)


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Polygon, ...]:
    """Return a ground of one polygon, sometimes with a hole, that a loader would take."""
    corners = draw(st.lists(st.tuples(lattice, lattice), min_size=3, max_size=7, unique=True))
    around = shapely.MultiPoint(corners).convex_hull
    assume(around.geom_type == "Polygon")  # not all on one line
    outer, hull = closed(corners), tuple(around.boundary.coords)
    hole = closed(draw(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=4, unique=True)))
    return (Polygon(next(rings for rings in ((outer, hole), (outer,), (hull,)) if is_sound(rings))),)


def closed(corners: Sequence[tuple[float, float]]) -> Ring:
    return (*corners, corners[0])


def is_sound(rings: tuple[Ring, ...]) -> bool:
    return bool(geometry_of([Polygon(rings)]).is_valid)


@given(shapes(), points)
def test_it_has_a_point_that_shapely_finds_inside_or_on_an_edge(
    ground: tuple[Polygon, ...], point: tuple[float, float]
) -> None:
    assert Ground.of("one", ground).has(*point) == geometry_of(ground).intersects(shapely.Point(*point))


@given(shapes(), st.data())
def test_it_has_its_corners_and_what_lies_on_its_edges(ground: tuple[Polygon, ...], data: st.DataObject) -> None:
    ring = data.draw(st.sampled_from(ground[0].rings))
    number = data.draw(st.integers(0, len(ring) - 2))
    (west, south), (east, north) = ring[number], ring[number + 1]
    share = data.draw(st.floats(0, 1))
    point = (west + share * (east - west), south + share * (north - south))

    assert Ground.of("one", ground).has(*ring[number])
    assert Ground.of("one", ground).has(*point) == geometry_of(ground).intersects(shapely.Point(*point))


@given(shapes(), points, st.floats(1e-9, 2e-3))
def test_a_box_without_an_edge_is_wholly_inside_or_wholly_outside(
    ground: tuple[Polygon, ...], corner: tuple[float, float], side: float
) -> None:
    box = Box(corner[0], corner[1], corner[0] + side, corner[1] + side)
    one, shape = Ground.of("one", ground), geometry_of(ground)
    square = shapely.box(box.west, box.south, box.east, box.north)

    if not one.has_edge_in(box):
        assert shape.contains_properly(square) or shape.disjoint(square)


def test_a_point_between_two_polygons_of_one_ground_is_not_on_it() -> None:
    west, east = (closed([(x, 0.0), (x + 1, 0.0), (x + 1, 1.0), (x, 1.0)]) for x in (0.0, 2.0))
    ground = Ground.of("one", [Polygon((west,)), Polygon((east,))])

    assert [ground.has(x, 0.5) for x in (0.5, 1.5, 2.5)] == [True, False, True]


def test_a_circle_of_many_corners_is_told_from_its_outside() -> None:
    corners = [(cos(2 * pi * nth / 500), sin(2 * pi * nth / 500)) for nth in range(500)]
    ground = Ground.of("round", [Polygon((closed(corners),))])

    assert ground.has(0.999, 0)
    assert not ground.has(0.72, 0.72)


def test_rounding_puts_no_point_on_the_wrong_side_of_an_edge() -> None:
    ring = closed([(113.1139, 40.0124), (113.2648, 39.9919), (113.2648, 40.0124)])
    ground, shape = Ground.of("one", [Polygon((ring,))]), geometry_of([Polygon((ring,))])
    (west, south), (east, north) = ring[:2]
    shares = [nth / 200 for nth in range(1, 200)]
    on_the_edge = [(west + share * (east - west), south + share * (north - south)) for share in shares]
    beside = [(nextafter(x, toward), y) for x, y in on_the_edge for toward in (x - 1, x, x + 1)]

    assert [ground.has(*point) for point in beside] == [shape.intersects(shapely.Point(*point)) for point in beside]
