"""A point lies in one grid, whether its cell is new or remembered."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from services.reference.deciding.place import GridIndex
from services.reference.sheets.checking_ground import geometry_of
from tests.unit.reference.town import UNITS

GRIDS = [unit for unit in UNITS if unit.kind == "grid"]
REMEMBERING = GridIndex(GRIDS)

longitudes = st.floats(113.095, 113.135) | st.sampled_from([113.10, 113.11, 113.12, 113.13, 113.1105, 113.1199])
latitudes = st.floats(40.995, 41.015) | st.sampled_from([41.0, 41.01, 41.0005, 41.0099])


@given(longitudes, latitudes)
def test_a_point_is_in_the_grid_that_shapely_finds(longitude: float, latitude: float) -> None:
    point = shapely.Point(longitude, latitude)
    found = min((grid.id for grid in GRIDS if geometry_of(grid.polygons).intersects(point)), default=None)

    assert GridIndex(GRIDS).at(longitude, latitude) == found
    assert REMEMBERING.at(longitude, latitude) == found
    assert REMEMBERING.at(longitude, latitude) == found, "asked again, from memory"


def test_on_a_shared_edge_the_first_grid_has_it() -> None:
    assert [REMEMBERING.at(113.11, 41.005) for _ in range(3)] == ["grid-0101-01"] * 3
