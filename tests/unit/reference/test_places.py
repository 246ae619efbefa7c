"""Points, grids and the three coordinate systems."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Place
from services.reference.deciding.coordinates import Crs, from_wgs84, to_wgs84
from services.reference.deciding.organisation import Organisation, UnknownUnitError
from services.reference.model.organisation import COMMAND_CENTER
from services.reference.sheets.checking_ground import holes
from tests.unit.reference.town import UNITS, square

METRE = 1e-5
"""Degrees, roughly."""
TOWN = Organisation(UNITS)


@pytest.mark.parametrize(
    ("longitude", "latitude", "grid"),
    [
        pytest.param(113.105, 41.005, "grid-0101-01", id="inside"),
        pytest.param(113.11, 41.005, "grid-0101-01", id="on-a-shared-edge-the-first-id-has-it"),
        pytest.param(113.115, 41.005, "grid-0101-02", id="next-door"),
        pytest.param(113.05, 41.005, None, id="outside"),
        pytest.param(41.005, 113.105, None, id="latitude-and-longitude-swapped"),
    ],
)
def test_the_grid_of_a_point(longitude: float, latitude: float, grid: str | None) -> None:
    assert TOWN.grid_at(longitude, latitude) == grid


def test_a_path_leads_from_the_grid_to_the_district() -> None:
    assert TOWN.path("grid-0101-01") == ("grid-0101-01", "grid-0101", "com-0101", "sub-01", "district")
    assert TOWN.subdistrict_of("grid-0101-01") == "sub-01"
    with pytest.raises(UnknownUnitError):
        TOWN.path("grid-9")


def test_a_place_without_a_known_unit_stays_as_it_is() -> None:
    place = Place(grid="grid-9", longitude=1.0, latitude=1.0)

    assert TOWN.place_of(place) is place
    assert TOWN.smallest(place) is None


def test_the_command_center_supervises_departments_and_discipline_the_center() -> None:
    assert TOWN.supervisor_of("drainage") == COMMAND_CENTER
    assert TOWN.supervisor_of("municipal_works@sub-01") == "municipal_works"
    assert TOWN.supervisor_of(COMMAND_CENTER) == "discipline_inspection"


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
@given(longitude=st.floats(75, 134), latitude=st.floats(4, 53))
def test_converting_there_and_back_ends_where_it_began(crs: Crs, longitude: float, latitude: float) -> None:
    there = from_wgs84(longitude, latitude, crs)

    back = to_wgs84(*there, crs)

    assert back == pytest.approx((longitude, latitude), abs=METRE / 2)


@pytest.mark.parametrize(
    ("crs", "shifted"),
    [
        pytest.param("gcj02", (116.403640, 39.914680), id="gcj02"),
        pytest.param("bd09", (116.410000, 39.921000), id="bd09"),
        pytest.param("wgs84", (116.397400, 39.913278), id="wgs84"),
    ],
)
def test_a_square_in_beijing_lies_where_the_maps_show_it(crs: Crs, shifted: tuple[float, float]) -> None:
    assert from_wgs84(116.397400, 39.913278, crs) == pytest.approx(shifted, abs=20 * METRE)


def test_outside_china_nothing_is_shifted() -> None:
    assert from_wgs84(2.2945, 48.8584, "gcj02") == (2.2945, 48.8584)


def test_a_hole_between_grids_is_found() -> None:
    ring = {
        f"grid-{row}-{column}": square(113.0 + column * 0.01, 41.0 + row * 0.01)
        for row in range(3)
        for column in range(3)
        if (row, column) != (1, 1)
    }

    ((longitude, latitude),) = holes(ring)

    assert 113.01 < longitude < 113.02
    assert 41.01 < latitude < 41.02
