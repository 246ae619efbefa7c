"""S0-01: a tree with 8 subdistricts/80 communities; a report resolves its 4 ancestors; an orphan is refused at load.

Villages and townships are the same tiers under other names.
"""

from functools import cache
from pathlib import Path

import pytest

from deploy.embedded.state import PROJECT
from services.contracts.events import Place
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.sheets.district import read_version
from services.reference.sheets.refusals import SheetsRefusedError
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets
from tests.unit.reference.town import a_report

TIERS = ["community", "subdistrict", "district"]


@cache
def shipped() -> CompiledReference:
    return compile_version(read_version(PROJECT / "deploy/reference", PROJECT / "deploy/demo/district"))


def test_the_tree_has_8_subdistricts_and_80_communities() -> None:
    kinds = [unit.kind for unit in shipped().organisation.units.values()]

    assert (kinds.count("subdistrict"), kinds.count("community")) == (8, 80)
    assert kinds.count("grid") > 80
    assert kinds.count("department") > 0


def test_every_smallest_grid_has_its_ancestors_up_to_the_district() -> None:
    organisation = shipped().organisation

    for unit in organisation.units.values():
        if not unit.polygons:
            continue
        kinds = [organisation.unit(above).kind for above in organisation.path(unit.id)]
        assert [kind for kind in kinds if kind != "grid"] == TIERS
        # The grid itself, and its levels below the community: at least four units stand above the smallest.
        assert len(kinds) >= 5


def test_a_report_of_a_grid_carries_its_path() -> None:
    grid = next(unit.id for unit in shipped().organisation.units.values() if unit.polygons)

    place = decide(a_report(place=Place(grid=grid)), shipped(), 1).report.place

    assert (place.grid, place.community) == (grid, shipped().organisation.community_of(grid))
    assert place.subdistrict == shipped().organisation.subdistrict_of(grid)


def test_a_township_and_its_villages_are_the_same_tiers() -> None:
    names = {
        unit.kind: unit.name_zh for unit in shipped().organisation.units.values() if unit.name_zh.endswith(("镇", "村"))
    }

    assert set(names) == {"subdistrict", "community"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("一网格,grid,com-0101", "一网格,grid,com-9999", id="a-parent-that-does-not-exist"),
        pytest.param("一网格,grid,com-0101", "一网格,grid,", id="no-parent"),
        pytest.param("一网格,grid,com-0101", "一网格,grid,drainage", id="a-parent-that-is-no-place"),
    ],
)
def test_an_orphan_grid_is_refused_at_load(tmp_path: Path, old: str, new: str) -> None:
    write_sheets(tmp_path, {"district/units.csv": FILES["district/units.csv"].replace(old, new)})

    with pytest.raises(SheetsRefusedError, match="units, row 6, parent"):
        read_sheets(tmp_path)
