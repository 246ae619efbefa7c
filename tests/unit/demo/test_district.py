"""The sample district hangs together, tiles its ground, and is the same every time."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import shapely

from deploy.demo.departments import DISTRICT_ID
from deploy.demo.district import FOLDER, SEED, District, sample_district, write_sheets
from deploy.demo.duties import COMMUNITY_ITEMS, SUBDISTRICT_ITEMS
from services.reference.deciding.organisation import Organisation
from services.reference.model.organisation import COMMAND_CENTER, PATH_MAX, PATH_MIN
from services.reference.sheets.checking_ground import geometry_of
from services.reference.sheets.district import read_version
from services.reference.sheets.persons import read_persons

CITY = Path(__file__).parents[3] / "deploy" / "reference"


@pytest.fixture(scope="module")
def district() -> District:
    return sample_district()


@pytest.fixture(scope="module")
def kinds(district: District) -> Counter[str]:
    return Counter(unit.kind for unit in district.units)


def test_the_district_has_the_size_of_the_city_it_stands_for(district: District, kinds: Counter[str]) -> None:
    assert kinds["subdistrict"] == 8
    assert kinds["community"] == 80
    assert len(district.smallest_grids) >= 349


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_the_smallest_grids_tile_the_district_without_gaps_or_overlaps(seed: int) -> None:
    grounds = [geometry_of(grid.polygons) for grid in sample_district(seed).smallest_grids]

    whole = shapely.union_all(grounds)

    assert all(ground.is_valid and ground.area > 0 for ground in grounds)
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0
    # Areas in square degrees: an overlap or hole of a square metre would be 1e-10.
    assert sum(ground.area for ground in grounds) == pytest.approx(whole.area, abs=1e-12)


def test_neighbours_share_every_corner_of_their_common_edge(district: District) -> None:
    edges = Counter(
        edge for grid in district.smallest_grids for ring in grid.polygons[0].rings for edge in pairwise(ring)
    )
    outline = [edge for edge in edges if edge[::-1] not in edges]

    assert set(edges.values()) == {1}
    assert len(outline) == 2 * (24 + 20)


def test_every_grid_lies_under_the_district_by_a_path_of_allowed_length(district: District) -> None:
    organisation = Organisation(district.units)

    lengths = {len(organisation.path(grid.id)) for grid in district.smallest_grids}

    assert all(organisation.path(grid.id)[-1] == DISTRICT_ID for grid in district.smallest_grids)
    assert lengths == {5, 6}
    assert PATH_MIN <= min(lengths) <= max(lengths) <= PATH_MAX


def test_a_point_of_a_grid_is_found_in_that_grid(district: District) -> None:
    organisation = Organisation(district.units)

    for grid in district.smallest_grids[::17]:
        inside = geometry_of(grid.polygons).representative_point()
        assert organisation.grid_at(inside.x, inside.y) == grid.id


def test_ids_and_codes_are_unique_and_grid_codes_have_fifteen_digits(district: District) -> None:
    ids = [unit.id for unit in district.units]
    codes = [unit.code for unit in district.units if unit.code]

    assert len(set(ids)) == len(ids)
    assert len(set(codes)) == len(codes)
    assert all(len(unit.code or "") == 15 for unit in district.units if unit.kind == "grid")


def test_offices_of_the_departments_on_the_street_stand_in_every_subdistrict(district: District) -> None:
    organisation = Organisation(district.units)

    for department in ("urban_management", "police", "sanitation", "market_regulation", "fire_rescue"):
        assert organisation.branch(department, "sub-03") == f"{department}@sub-03"


def test_each_sensitive_lane_has_one_unit_with_people_who_may_see_and_verify(district: District) -> None:
    for lane in ("stability", "drugs", "petition", "discipline"):
        (unit,) = [unit.id for unit in district.units if lane in unit.lanes]
        roles = {person.role for person in district.persons if person.lane == lane and person.unit == unit}
        assert roles == {"clerk", "unit_head", "inspector"}


def test_every_unit_that_may_lead_has_people(district: District) -> None:
    staffed = {person.unit for person in district.persons}

    assert {unit.id for unit in district.units} - staffed == {DISTRICT_ID}
    assert sum(person.unit == COMMAND_CENTER and person.role == "rule_owner" for person in district.persons) == 2


def test_duties_name_existing_units_and_the_items_that_may_be_delegated(district: District) -> None:
    kind = {unit.id: unit.kind for unit in district.units}

    for duty in district.duty_lists:
        items = {"subdistrict": SUBDISTRICT_ITEMS, "community": COMMUNITY_ITEMS}[kind[duty.unit]]
        assert duty.item in items
    assert {duty.item for duty in district.duty_lists} == set(SUBDISTRICT_ITEMS) | set(COMMUNITY_ITEMS)


def test_owners_exist_and_hold_for_existing_areas(district: District) -> None:
    ids = {unit.id for unit in district.units}

    assert {owner.unit for owner in district.asset_owners} <= ids
    assert {owner.area for owner in district.asset_owners} <= ids


def test_the_reference_room_reads_back_what_the_district_is(district: District, tmp_path: Path) -> None:
    write_sheets(district, tmp_path)

    version = read_version(CITY, tmp_path)

    assert version.organisation == district.units
    assert version.duty_lists == district.duty_lists
    assert version.asset_owners == district.asset_owners


def test_identity_reads_back_who_works_where(district: District, tmp_path: Path) -> None:
    write_sheets(district, tmp_path)
    kinds = {unit.id: unit.kind for unit in district.units}

    assert tuple(read_persons("persons.csv", (tmp_path / "persons.csv").read_bytes(), kinds)) == district.persons


def test_every_role_and_unit_of_the_catalogue_exists(district: District) -> None:
    version = read_version(CITY, FOLDER)
    roles = {"subdistrict", "community", "asset_owner", "property_company", "bike_operator", "partner_units", "all"}

    named = {unit for item in version.catalogue for unit in (item.lead, *item.cooperating)}

    assert named - roles <= {unit.id for unit in district.units}


def test_the_committed_sheets_are_what_the_seed_gives(district: District, tmp_path: Path) -> None:
    write_sheets(district, tmp_path)

    for sheet in tmp_path.iterdir():
        assert sheet.read_bytes() == (FOLDER / sheet.name).read_bytes(), f"{sheet.name}: run the generator again"
