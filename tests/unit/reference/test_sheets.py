"""Sheets become a version, or every reason why not: sheet, row, column, and nothing is guessed."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from services.reference.deciding.compile import compile_version
from services.reference.deciding.decide import decide
from services.reference.sheets.refusals import SheetsRefusedError
from services.reference.sheets.rules import read_rules
from tests.unit.reference import sheets_of
from tests.unit.reference.sheets_of import geojson, read_sheets, square, write_sheets
from tests.unit.reference.town import a_report


def refusals_of(folder: Path, changed: dict[str, str | bytes]) -> list[str]:
    write_sheets(folder, changed)
    with pytest.raises(SheetsRefusedError) as refused:
        read_sheets(folder)
    return [str(refusal) for refusal in refused.value.refusals]


def changed(sheet: str, old: str, new: str) -> dict[str, str | bytes]:
    """Return the sheet with one text in it replaced."""
    before = sheets_of.FILES[sheet]
    assert old in before
    return {sheet: before.replace(old, new, 1)}


def test_a_districts_sheets_become_a_version_that_decides(tmp_path: Path) -> None:
    write_sheets(tmp_path)

    compiled = compile_version(read_sheets(tmp_path))

    assert compiled.organisation.path("grid-0101-01") == ("grid-0101-01", "com-0101", "sub-01", "district")
    assert compiled.organisation.branch("drainage", "sub-01") == "drainage@sub-01"
    assert decide(a_report(text="雨水口堵了"), compiled, 1).lead == "drainage"
    assert decide(a_report(text="有人摆摊"), compiled, 1).lead == "sub-01"


def test_the_profile_without_delegation_leaves_duties_with_departments(tmp_path: Path) -> None:
    write_sheets(tmp_path)

    compiled = compile_version(read_sheets(tmp_path, delegated=False))

    assert decide(a_report(text="有人摆摊"), compiled, 1).lead == "drainage"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param(
            ("city/catalogue.csv", "normal,1wd", "normal,种植季节15工作日"),
            "catalogue, row 2, limit: '种植季节15工作日' is no limit",
            id="an-unreadable-limit",
        ),
        pytest.param(("city/catalogue.csv", "normal,1wd", "normal,"), "catalogue, row 2, limit: missing", id="none"),
        pytest.param(
            ("city/catalogue.csv", "component,drainage,", "component,sewers,"),
            "catalogue, row 2, lead: 'sewers' is no unit and no role",
            id="an-unknown-unit",
        ),
        pytest.param(
            ("city/catalogue.csv", "component,drainage,", "component,drainage;police,"),
            "catalogue, row 2, lead: names more than one",
            id="two-leads",
        ),
        pytest.param(
            ("city/catalogue.csv", "component,drainage,police,", "component,police,police,"),
            "catalogue, row 2, cooperating: police leads already",
            id="a-lead-that-cooperates",
        ),
        pytest.param(
            ("city/catalogue.csv", "police,drainage,S", "police,,S"),
            "catalogue, row 3, duty_of: missing",
            id="a-grassroots-lead-whose-duty-is-nobodys",
        ),
        pytest.param(
            ("city/catalogue.csv", "1001,10", "0203,10"), "catalogue, row 3, code: the same as row 2", id="a-code-twice"
        ),
        pytest.param(
            ("district/units.csv", "一网格,grid,com-0101", "一网格,grid,com-9999"),
            "units, row 6, parent: orphan: 'com-9999' is no unit",
            id="an-orphan-grid",
        ),
        pytest.param(
            ("district/units.csv", "stability; drugs", "stability"),
            "units, lanes: exactly one unit receives lane drugs, not 0",
            id="a-sensitive-lane-without-a-unit",
        ),
        pytest.param(
            ("district/units.csv", "com-0101,一社区,community,sub-01", "com-0101,一社区,community,grid-0101-01"),
            "units, row 5, parent: a community does not stand below a grid",
            id="a-tree-upside-down",
        ),
        pytest.param(
            ("district/duty_lists.csv", "ZR-1", ""), "duty_lists, row 2, admission:", id="a-duty-without-admission"
        ),
        pytest.param(
            ("district/admissions.csv", "approved", "requested"),
            "duty_lists, row 2, admission: admission ZR-1 is not approved: requested",
            id="an-admission-not-approved",
        ),
        pytest.param(
            ("district/duty_lists.csv", "ZR-1", "ZR-9"),
            "duty_lists, row 2, admission: no admission ZR-9",
            id="an-admission-that-does-not-exist",
        ),
        pytest.param(
            ("district/admissions.csv", "drainage,1001,sub-01", "drainage,0203,sub-01"),
            "duty_lists, row 2, admission: admission ZR-1 does not cover item 1001",
            id="an-admission-of-something-else",
        ),
        pytest.param(
            ("district/admissions.csv", "drainage,1001,sub-01", "drainage,1001,com-0101"),
            "duty_lists, row 2, admission: admission ZR-1 does not cover sub-01",
            id="an-admission-for-somebody-else",
        ),
        pytest.param(
            ("district/duty_lists.csv", "2025-12-01", "2025-12-02"),
            "duty_lists, row 2, admission: admission ZR-1 was decided on 2025-12-01, not on 2025-12-02",
            id="an-approval-on-another-day",
        ),
        pytest.param(
            ("district/admissions.csv", "yes,yes,yes", "yes,no,yes"),
            "admissions, row 2, staff: approved without it",
            id="a-task-without-staff",
        ),
        pytest.param(
            ("district/admissions.csv", "approved,2025-12-01,,", "withdrawn,2025-12-01,,"),
            "admissions, row 2, valid_to: withdrawn, but from when on?",
            id="withdrawn-some-day",
        ),
        pytest.param(
            ("district/powers.csv", "1001,subdistrict", "1001,drainage"),
            "powers, row 2, holder: 'drainage' is no subdistrict, community or grid",
            id="a-power-of-a-department",
        ),
        pytest.param(
            ("district/powers.csv", "1001,subdistrict,,", "1001,subdistrict,2026-01-01,2026-01-01"),
            "powers, row 2, valid_to: not after valid_from",
            id="a-power-for-no-day",
        ),
        pytest.param(
            ("city/rules.csv", "drains,雨水箅;雨水口,0203,,", "drains,雨水箅;雨水口,0203,subdistrict,"),
            "rules, row 2, lead: a department's duty never goes to the grassroots: sub-01 has no approved admission",
            id="a-rule-that-pushes-a-duty-down",
        ),
        pytest.param(
            ("city/rules.csv", "0203,,,,", "0299,,,,"), "rules, row 2, item: '0299' does not exist", id="a-dead-target"
        ),
        pytest.param(
            ("district/asset_owners.csv", "sub-01,0203,drainage", "sub-01,0203,nobody"),
            "asset_owners, row 2, unit: 'nobody' is no unit",
            id="an-owner-that-is-no-unit",
        ),
        pytest.param(
            ("city/rules.csv", "id,keywords", "id,keyword"), "rules, row 1, keyword: no column", id="a-mistyped-column"
        ),
    ],
)
def test_what_cannot_be_true_is_refused_with_row_and_reason(
    tmp_path: Path, change: tuple[str, str, str], refusal: str
) -> None:
    refusals = refusals_of(tmp_path, changed(*change))

    assert any(said.startswith(refusal) for said in refusals), refusals


@pytest.mark.parametrize("allowed", ["soon", "30wd"], ids=["unreadable", "not-of-the-law"])
def test_an_extension_that_no_law_allows_is_refused(tmp_path: Path, allowed: str) -> None:
    write_sheets(tmp_path)
    path = tmp_path / "city/policies.json"
    policies = json.loads(path.read_bytes())
    path.write_text(json.dumps({**policies, "life": {"statutory_extensions": {"0203": allowed}}}))

    with pytest.raises(SheetsRefusedError) as refused:
        read_sheets(tmp_path)

    places = {refusal.column for refusal in refused.value.refusals}
    expected = {"life.statutory_extensions"} | ({"life.statutory_extensions.0203"} if allowed == "soon" else set())
    assert places == expected


def test_all_refusals_are_told_together(tmp_path: Path) -> None:
    wrong = changed("city/catalogue.csv", "normal,1wd", "normal,soon") | changed("district/duty_lists.csv", "ZR-1", "")

    refusals = refusals_of(tmp_path, wrong)

    assert [refusal.split(",")[0] for refusal in refusals] == ["catalogue", "duty_lists"]


@pytest.mark.parametrize(
    ("grids", "refusal"),
    [
        pytest.param(
            geojson(square("grid-0101-01", 113.10, side=0.011), square("grid-0101-02", 113.11)),
            "grids, row 2, geometry: grid-0101-02 overlaps grid-0101-01",
            id="overlapping-grids",
        ),
        pytest.param(geojson(square("grid-0101-01", 113.10)), "grids, grid: grid-0101-02 has no", id="none"),
        pytest.param(
            geojson(square("grid-0101-01", 113.1), square("grid-0101-02", 113.11), square("grid-9", 114.0)),
            "grids, row 3, grid: 'grid-9' is no grid",
            id="ground-of-nobody",
        ),
        pytest.param('{"type": "FeatureCollection"}', "grids: Object missing required field", id="no-geojson"),
    ],
)
def test_ground_that_is_nobodys_or_anybodys_is_refused(tmp_path: Path, grids: str, refusal: str) -> None:
    refusals = refusals_of(tmp_path, {"district/grids.geojson": grids})

    assert any(said.startswith(refusal) for said in refusals), refusals


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_sheets_are_read_in_the_encodings_offices_use(encoding: str) -> None:
    (entry,) = read_rules("rules.csv", "id,keywords,item\nr,雨水箅;井盖,0203\n".encode(encoding))

    assert entry.value.keywords == ("雨水箅", "井盖")


def test_a_workbook_says_the_same_as_a_csv() -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "keywords", "item", "priority"])  # type: ignore[union-attr]
    book.active.append(["r", "雨水箅;井盖", "0203", 5])  # type: ignore[union-attr]
    stored = io.BytesIO()
    book.save(stored)

    (entry,) = read_rules("rules.xlsx", stored.getvalue())

    assert (entry.row, entry.value.keywords, entry.value.item, entry.value.priority) == (
        2,
        ("雨水箅", "井盖"),
        "0203",
        5,
    )


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(SheetsRefusedError, match="no xlsx file"):
        read_rules("rules.xlsx", b"PK nonsense")
