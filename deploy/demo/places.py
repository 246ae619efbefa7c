"""Where reports are made: a point in a grid, a grid, or a community with an address."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from deploy.demo.draws import Draws
from deploy.demo.ground import CENTER, DIGITS, Point
from services.contracts.events.report import Place
from services.reference.model.organisation import Polygon, Unit

INWARD: Final = 0.94
"""How far from the middle of a grid to its edge a point may lie: nobody's point is on an edge."""
OUTSIDE: Final = (CENTER[0] + 0.5, CENTER[1] + 0.5)


def communities_of(units: Sequence[Unit]) -> dict[str, str]:
    """Return the community of every grid."""
    parents = {unit.id: unit.parent for unit in units}
    kinds = {unit.id: unit.kind for unit in units}
    found: dict[str, str] = {}
    for unit in units:
        above: str | None = unit.id if unit.kind == "grid" else None
        while above is not None and kinds[above] == "grid":
            above = parents[above]
        if above is not None:
            found[unit.id] = above
    return found


def spot_in(grid: Unit, community: str, filling: Mapping[str, object], draws: Draws) -> Place:
    """Return a place in `grid`, given as most people give it."""
    given = draws.weighted((("point", 60), ("address", 25), ("grid", 14), ("outside", 1)))
    address = f"{filling['路']}{filling['号']}{filling['小区']}"
    if given == "address":
        return Place(community=community, address=address)
    if given == "grid":
        return Place(grid=grid.id)
    longitude, latitude = point_in(grid.polygons[0], draws) if given == "point" else OUTSIDE
    return Place(longitude=longitude, latitude=latitude)


def point_in(ground: Polygon, draws: Draws) -> Point:
    """Return a point inside a grid, which is star-shaped around the middle of its corners."""
    corners = ground.rings[0][:-1]
    middle = tuple(sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1))
    edge, along = draws.below(len(corners)), draws.share()
    start, end = corners[edge], corners[(edge + 1) % len(corners)]
    # The square root spreads points evenly; without it they would crowd in the middle.
    outward = math.sqrt(draws.share()) * INWARD
    longitude, latitude = (
        round(middle[axis] + (start[axis] + (end[axis] - start[axis]) * along - middle[axis]) * outward, DIGITS)
        for axis in (0, 1)
    )
    return longitude, latitude
