"""Rules and calendars: looked at, tried, drafted by one person and published by another."""

import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.state import PROJECT
from deploy.embedded.waiting import run_apart
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.one_case import dispatch
from tests.wire.whistle.test_load import DISTRICT, load, persons_with

CALENDARS: Final = PROJECT / "deploy" / "reference" / "calendars"


@pytest.fixture
def loaded(whistle: CommandLine) -> CommandLine:
    """With the sample district in force."""
    whistle.told(*load(whistle))
    return whistle


def as_person(whistle: CommandLine, person: str) -> CommandLine:
    """Return the command line of a person with a token of their own."""
    token = whistle.told("token", "issue", "--person", person)["token"]
    return CommandLine({**whistle.environment, "WHISTLE_CLI_TOKEN": token})


def another_city(folder: Path) -> Path:
    """Return a copy of the city's sheets in which one rule more sends umbrellas to sanitation."""
    shutil.copytree(PROJECT / "deploy" / "reference", folder)
    with (folder / "rules.csv").open(encoding="utf-8-sig") as sheet:
        header = sheet.readline().strip().split(",")
    row = {"id": "umbrellas", "keywords": "雨伞", "item": "0203", "lead": "sanitation"}
    with (folder / "rules.csv").open("a", encoding="utf-8") as sheet:
        sheet.write(",".join(row.get(name, "") for name in header) + "\n")
    return folder


def test_a_draft_is_compared_tried_and_published_by_another_person(loaded: CommandLine, tmp_path: Path) -> None:
    first, second = (as_person(loaded, person) for person in persons_with("rule_owner")[:2])
    city = str(another_city(tmp_path / "city"))

    (change,) = loaded.told("rules", "diff", "active", str(DISTRICT), "--city", city)
    before = loaded.told("rules", "explain", "--text", "雨伞挡路")
    draft = first.told("rules", "draft", str(DISTRICT), "--city", city, "--note", "umbrellas")["draft"]
    alone = first.run("rules", "publish", str(draft))
    published = second.told("rules", "publish", str(draft))

    assert (change["part"], change["key"], change["what"]) == ("rules", "umbrellas", "added")
    assert alone.status == 1
    assert "cannot approve" in alone.err
    assert published["version"] == 2
    after = loaded.told("rules", "explain", "--text", "雨伞挡路", "--version", "2")
    assert (after["lead"], before["lead"] != "sanitation") == ("sanitation", True)
    back = first.told("rules", "rollback", "1")["draft"]
    assert second.told("rules", "publish", str(back))["version"] == 3
    assert loaded.told("rules", "diff", "1", "3") == []
    assert [row["version"] for row in loaded.told("rules", "ls")] == [3, 2, 1]


def test_past_cases_are_decided_again_by_a_draft(loaded: CommandLine, database: Database, tmp_path: Path) -> None:
    run_apart(dispatch(database))
    reports = tmp_path / "reports.ndjson"
    reports.write_text(json.dumps({"id": "r-1", "accepted_at": "2026-03-02T09:00:00+08:00", "text": "雨伞挡路"}) + "\n")
    city = str(another_city(tmp_path / "city"))

    of_cases = loaded.told("rules", "replay", str(DISTRICT), "--city", city)
    of_file = loaded.told("rules", "replay", str(DISTRICT), "--city", city, "--reports", str(reports))

    assert (of_cases["reports"], of_cases["moved"]) == (1, 0)
    assert (of_file["reports"], of_file["moved"]) == (1, 1)
    assert of_file["examples"][0]["lead_after"] == "sanitation"


def test_a_line_that_is_no_report_is_refused_with_its_number(loaded: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "reports.ndjson").write_text("\n[]\n")

    ended = loaded.run("rules", "replay", "active", "--reports", str(tmp_path / "reports.ndjson"))

    assert ended.status == 1
    assert "line 2" in ended.err


def test_why_a_case_went_where_it_went(loaded: CommandLine, database: Database) -> None:
    case = run_apart(dispatch(database))

    told = loaded.told("rules", "explain", str(case))

    assert any("井盖" in reason for reason in told["reasons"])
    assert loaded.run("rules", "lint").status in {0, 1}


def test_a_calendar_is_drafted_into_the_version_in_force(loaded: CommandLine, tmp_path: Path) -> None:
    first, second = (as_person(loaded, person) for person in persons_with("rule_owner")[:2])
    year = json.loads((CALENDARS / "CN-2027.json").read_text(encoding="utf-8"))
    confirmed = tmp_path / "CN-2027.json"
    confirmed.write_text(json.dumps({**year, "version": year["version"] + 1, "status": "confirmed"}))

    assert [row["status"] for row in loaded.told("calendar", "status")["years"]] == ["confirmed", "provisional"]
    draft = first.told("calendar", "import", str(confirmed))["draft"]
    assert second.told("rules", "publish", str(draft))["version"] == 2
    statuses = [row["status"] for row in loaded.told("calendar", "status", "--version", "2")["years"]]
    assert statuses == ["confirmed", "confirmed"]


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        pytest.param(("rules", "lint", "--version", "9"), 1, "no reference version", id="no-such-version"),
        pytest.param(("rules", "diff", "active", "nowhere"), 2, "nor a folder", id="no-such-folder"),
        pytest.param(("rules", "publish", "1"), 2, "WHISTLE_CLI_TOKEN", id="nobody-publishes"),
        pytest.param(("rules", "explain"), 2, "name a case", id="nothing-to-explain"),
    ],
)
def test_what_cannot_be_done_is_said(loaded: CommandLine, words: tuple[str, ...], status: int, says: str) -> None:
    ended = loaded.run(*words)

    assert ended.status == status
    assert says in ended.err
