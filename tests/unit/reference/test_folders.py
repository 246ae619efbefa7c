"""A version written as a folder is read back as itself; a refused folder comes back with what is wrong in it."""

import io
from pathlib import Path

import msgspec
import openpyxl
import pytest

from services.reference.model.modes import ModeClass, ModeProfile, WorkGroup
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.district import path_of, read_version
from services.reference.sheets.folders import Form, files_of, marked, offered_in
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.reference.versions.content import content_of
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets

FLOOD = ModeProfile(
    id="flood",
    name_zh="防汛应急",
    classes=(ModeClass(items=("0203",), domains=("10",), limits={"handling": "0.5uh"}),),
    groups=(WorkGroup(name_zh="抢险组", units=("drainage",)),),
)


@pytest.fixture
def version(tmp_path: Path) -> ReferenceVersion:
    write_sheets(tmp_path / "town")
    return msgspec.structs.replace(read_sheets(tmp_path / "town"), profiles=(FLOOD,))


def written(version: ReferenceVersion, form: Form, folder: Path) -> Path:
    for name, content in files_of(version, form).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("form", ["xlsx", "csv", "csv-plain", "csv-gb18030"])
def test_a_version_survives_its_folder(version: ReferenceVersion, form: Form, tmp_path: Path) -> None:
    folder = written(version, form, tmp_path / "out")

    again = read_version(folder, folder)

    assert content_of(again) == content_of(version)


def test_gb18030_is_gb18030(version: ReferenceVersion) -> None:
    content = files_of(version, "csv-gb18030")["units.csv"]

    assert "指挥中心".encode("gb18030") in content


def test_a_refused_sheet_comes_back_with_its_reasons_beside_its_rows(tmp_path: Path) -> None:
    rules = FILES["city/rules.csv"].replace("vendors,摆摊,1001", "\nvendors,摆摊,1999")
    write_sheets(tmp_path, {"city/rules.csv": rules})
    city, district = tmp_path / "city", tmp_path / "district"
    with pytest.raises(SheetsRefusedError) as refused:
        read_version(city, district)

    offered = offered_in(path_of(district, "units"), path_of(city, "catalogue"))
    page = openpyxl.load_workbook(io.BytesIO(marked("rules", path_of(city, "rules"), refused.value.refusals, offered)))[
        "rules"
    ]

    errors = next(cell.column for cell in page[1] if cell.value == "errors")
    # The empty row stays where people left it, so that row 4 is row 4.
    assert (page.cell(3, 1).value, page.cell(4, 1).value) == (None, "vendors")
    assert page.cell(4, errors).value == "item: '1999' does not exist"
    assert offered["item"] == ["0203", "1001", "2304", "2403", "2404", "2405"]
    assert offered["department"] == ["drainage", "police"]


def test_a_mistyped_column_is_shown_and_named(tmp_path: Path) -> None:
    sheet = tmp_path / "rules.csv"
    sheet.write_text("id,keyword\nr,井盖\n", encoding="utf-8")

    content = marked("rules", sheet, [Refusal("rules", 1, "keyword", "no column of this sheet")], {})

    page = openpyxl.load_workbook(io.BytesIO(content))["rules"]
    header = [cell.value for cell in page[1]]
    assert header[-2:] == ["keyword", "errors; keyword: no column of this sheet"]
    assert page.cell(2, len(header) - 1).value == "井盖"


def test_sheets_that_cannot_be_read_offer_nothing(tmp_path: Path) -> None:
    assert offered_in(tmp_path / "units.csv", tmp_path / "catalogue.csv") == {}


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        pytest.param(
            {"classes": [{"items": ["9999"], "limits": {"handling": "1uh"}}]}, "'9999' is neither", id="an-item"
        ),
        pytest.param(
            {"classes": [{"items": ["0203"], "limits": {"handling": "soon"}}]}, "handling: 'soon'", id="a-limit"
        ),
        pytest.param({"classes": [{"items": ["0203"], "limits": {}}]}, "a class without limits", id="nothing-changes"),
        pytest.param({"groups": [{"name_zh": "组", "units": ["army"]}]}, "组: 'army' is no unit", id="a-unit"),
        pytest.param({"classes": [{"items": ["0203"]}]}, "Object missing required field `limits`", id="no-limits"),
    ],
)
def test_a_mode_that_cannot_be_switched_on_is_refused(tmp_path: Path, profile: dict[str, object], reason: str) -> None:
    write_sheets(tmp_path)
    (tmp_path / "city/modes").mkdir()
    said = {"id": "flood", "name_zh": "防汛", "classes": [], **profile}
    (tmp_path / "city/modes/flood.json").write_bytes(msgspec.json.encode(said))

    with pytest.raises(SheetsRefusedError) as refused:
        read_sheets(tmp_path)

    assert any(reason in str(refusal) for refusal in refused.value.refusals)
