"""An upload lies over the version in force: what is not uploaded stays, what is wrong says where."""

from pathlib import Path

import pytest

from services.reference.lint.finding import Finding
from services.reference.lint.placing import placed
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.folders import files_of
from services.reference.sheets.replacing import UploadRefusedError, replaced
from services.reference.versions.content import content_of
from services.reference.versions.diff import changes_between
from services.reference.versions.leaves import leaves_between
from tests.unit.reference.sheets_of import RULES, read_sheets, write_sheets


@pytest.fixture
def base(tmp_path: Path) -> ReferenceVersion:
    write_sheets(tmp_path)
    return read_sheets(tmp_path)


def test_nothing_uploaded_changes_nothing(base: ReferenceVersion) -> None:
    assert content_of(replaced(base, {}, base.admissions)) == content_of(base)


@pytest.mark.parametrize("form", ["xlsx", "csv", "csv-gb18030"])
def test_one_sheet_changes_one_part(base: ReferenceVersion, form: str) -> None:
    edited = read_rules(base, RULES.replace("雨水箅;雨水口", "雨水箅"))
    name = "rules.xlsx" if form == "xlsx" else "rules.csv"

    draft = replaced(base, {name: files_of(edited, form)[name]})  # type: ignore[arg-type]

    assert [(change.part, change.key) for change in changes_between(base, draft)] == [("rules", "drains")]


def test_a_refused_sheet_is_marked_and_the_others_are_not(base: ReferenceVersion) -> None:
    with pytest.raises(UploadRefusedError) as refused:
        replaced(
            base, {"rules.csv": RULES.replace("0203", "9999").encode(), "units.csv": files_of(base, "csv")["units.csv"]}
        )

    assert [(one.sheet, one.row, one.column) for one in refused.value.refusals] == [("rules", 2, "item")]
    assert list(refused.value.workbooks) == ["rules"]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("../../etc/passwd",), id="no-way-out-of-the-folder"),
        pytest.param(("persons.csv",), id="persons-are-no-part-of-a-version"),
        pytest.param(("rules.csv", "rules.xlsx"), id="given-twice"),
        pytest.param(tuple(f"mode_{number}.json" for number in range(17)), id="too-many"),
    ],
)
def test_what_is_no_file_of_a_version_is_refused(base: ReferenceVersion, names: tuple[str, ...]) -> None:
    with pytest.raises(UploadRefusedError):
        replaced(base, dict.fromkeys(names, b""))


def test_a_finding_stands_in_a_row(base: ReferenceVersion) -> None:
    findings = [Finding("shadowed", "vendors", "drains wins", "drains"), Finding("dead-target", "item:1001", "nobody")]

    cells = [(each.sheet, each.row, each.column, each.other_row) for each in placed(findings, base)]

    assert cells == [("catalogue", 3, "lead", 0), ("rules", 3, "keywords", 2)]


def test_of_a_long_structure_only_the_leaf_that_differs_is_told() -> None:
    before = {"stages": {"normal": {"sign_in": "4wh", "factor": 1.5}}, "rungs": ({"step": "limit", "share": 1.0},)}
    after = {"stages": {"normal": {"sign_in": "2wh", "factor": 1.5}}, "rungs": ({"step": "limit", "share": 2.0},)}

    assert leaves_between(before, after) == [
        (("stages", "normal", "sign_in"), "4wh", "2wh"),
        (("rungs", "limit", "share"), 1.0, 2.0),
    ]


def read_rules(base: ReferenceVersion, sheet: str) -> ReferenceVersion:
    """Return the version with these rules."""
    return replaced(base, {"rules.csv": sheet.encode()})
