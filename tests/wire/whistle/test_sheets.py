"""Sheets out and back on the command line: exported, broken, shown what is wrong, drafted again."""

from pathlib import Path

import openpyxl
import pytest

from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.test_load import load

pytestmark = pytest.mark.postgres


def test_a_version_is_exported_broken_and_marked(whistle: CommandLine, tmp_path: Path) -> None:
    whistle.told(*load(whistle))
    folder, marked = str(tmp_path / "out"), tmp_path / "marked"
    exported = whistle.told("rules", "export", folder, "--form", "csv-gb18030")
    unchanged = whistle.told("rules", "diff", "active", folder, "--city", folder)
    rules = tmp_path / "out" / "rules.csv"
    rules.write_bytes(rules.read_bytes() + "push,,,夜市,,,,,9999,,,,\r\n".encode("gb18030"))

    ended = whistle.run("rules", "check", folder, "--city", folder, "--marked", str(marked), "--json")

    assert {"rules.csv", "units.csv", "admissions.csv", "grids.geojson"} <= set(exported["files"])
    assert unchanged == []
    assert ended.status == 1
    (refusal,) = ended.told["refusals"]
    assert (refusal["sheet"], refusal["column"], ended.told["marked"]) == ("rules", "item", ["rules.xlsx"])
    page = openpyxl.load_workbook(marked / "rules.xlsx")["rules"]
    assert page.cell(refusal["row"], 1).value == "push"
    assert "'9999' does not exist" in str(page.cell(refusal["row"], page.max_column).value)


def test_a_district_that_delegated_nothing_gives_the_grassroots_nothing(whistle: CommandLine) -> None:
    whistle.told(*load(whistle), "--not-delegated")

    told = whistle.told("rules", "explain", "--item", "1001", "--grid", "grid-0101-00")

    assert told["lead"] == "urban_management"
    assert whistle.told("admission", "ls") == []


def test_an_unknown_form_is_said(whistle: CommandLine, tmp_path: Path) -> None:
    ended = whistle.run("rules", "export", str(tmp_path), "--form", "pdf")

    assert ended.status == 2
    assert "--form is one of" in ended.err
