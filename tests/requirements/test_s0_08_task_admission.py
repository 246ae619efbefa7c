"""S0-08: a rule that routes to subdistrict/community without an approved admission is refused with the missing id."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine, environment_for
from tests.wire.whistle.test_load import DISTRICT, load
from tests.wire.whistle.test_rules import as_person

pytestmark = pytest.mark.postgres

TASK = ("电梯统计", "--department", "housing", "--item", "0305", "--unit", "sub-01")
CONDITIONS = ("--funds", "--staff", "--powers")
NOTICES = "select convert_from(body, 'UTF8') from ledger.notices"


@pytest.fixture
def loaded(database: Database) -> CommandLine:
    whistle = CommandLine(environment_for(database))
    whistle.told(*load(whistle))
    return whistle


def person(unit: str, role: str) -> str:
    with (DISTRICT / "persons.csv").open(encoding="utf-8") as sheet:
        return next(row["person_id"] for row in csv.DictReader(sheet) if (row["unit"], row["role"]) == (unit, role))


def with_duty(folder: Path, admission: str) -> str:
    """Return the sample district with one duty more, under an admission."""
    shutil.copytree(DISTRICT, folder)
    with (folder / "duty_lists.csv").open("a", encoding="utf-8") as sheet:
        sheet.write(f"sub-01,0305,{admission},,,\n")
    return str(folder)


def draft(whistle: CommandLine, folder: str) -> tuple[int, str]:
    ended = whistle.run("rules", "draft", folder)
    return ended.status, ended.err + ended.out


def test_a_task_goes_down_only_after_the_leading_group_approved_it(
    loaded: CommandLine, database: Database, tmp_path: Path
) -> None:
    owner = as_person(loaded, person("district_command_center", "rule_owner"))
    housing = as_person(loaded, person("housing", "unit_head"))
    office = as_person(loaded, person("party_building_office", "unit_head"))

    unknown = draft(owner, with_duty(tmp_path / "unknown", "ZR-2099-001"))
    asked = housing.told("admission", "request", *TASK, *CONDITIONS)
    folder = with_duty(tmp_path / "asked", asked["admission"])
    undecided = draft(owner, folder)
    office.told("admission", "approve", asked["admission"], "--reason", "费随事转、人随事走、权责配套")
    admitted = draft(owner, folder)

    assert unknown[0] == 1
    assert "no admission ZR-2099-001" in unknown[1]
    assert undecided[0] == 1
    assert f"admission {asked['admission']} is not approved: requested" in undecided[1]
    assert admitted[0] == 0
    # What was refused is counted for the department that sent it, and told to it and to the office.
    (count,) = [row for row in loaded.told("admission", "refusals") if row["department"] == "housing"]
    assert count["refusals"] == 2
    notices = _notices(database)
    assert [notice["facts"]["refused_in_all"] for notice in notices] == [1, 2]
    assert {tuple(notice["units"]) for notice in notices} == {("housing", "party_building_office")}
    assert {notice["kind"] for notice in notices} == {"task_refused"}


def test_an_admission_withdrawn_after_the_draft_is_found_by_the_second_person(
    loaded: CommandLine, tmp_path: Path
) -> None:
    owner = as_person(loaded, person("district_command_center", "rule_owner"))
    leader = as_person(loaded, person("district_command_center", "center_leader"))
    housing = as_person(loaded, person("housing", "unit_head"))
    office = as_person(loaded, person("party_building_office", "unit_head"))
    asked = housing.told("admission", "request", *TASK, *CONDITIONS)["admission"]
    office.told("admission", "approve", asked, "--reason", "条件具备")
    drafted = owner.told("rules", "draft", with_duty(tmp_path / "admitted", asked))["draft"]

    office.told("admission", "withdraw", asked, "--reason", "取消")
    published = leader.run("rules", "publish", str(drafted))

    assert published.status == 1
    assert f"admission {asked} ends on" in published.err
    assert [row["version"] for row in loaded.told("rules", "ls")] == [2, 1]  # the withdrawal is the second


def test_an_admission_of_a_sheet_that_nobody_decided_is_not_published(loaded: CommandLine, tmp_path: Path) -> None:
    owner = as_person(loaded, person("district_command_center", "rule_owner"))
    leader = as_person(loaded, person("district_command_center", "center_leader"))
    folder = with_duty(tmp_path / "own", "ZR-2026-900")
    with (Path(folder) / "admissions.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("ZR-2026-900,电梯统计,housing,0305,sub-01,yes,yes,yes,approved,2026-01-05,,\n")
    drafted = owner.told("rules", "draft", folder)["draft"]

    published = leader.run("rules", "publish", str(drafted))

    assert published.status == 1
    assert "no admission ZR-2026-900 in the register" in published.err


def test_a_sheet_cannot_say_approved_where_the_register_says_no(loaded: CommandLine, tmp_path: Path) -> None:
    owner = as_person(loaded, person("district_command_center", "rule_owner"))
    office = as_person(loaded, person("party_building_office", "unit_head"))
    asked = as_person(loaded, person("housing", "unit_head")).told("admission", "request", *TASK, *CONDITIONS)
    office.told("admission", "refuse", asked["admission"], "--reason", "属地不具备条件")
    folder = with_duty(tmp_path / "sheet", asked["admission"])
    with (Path(folder) / "admissions.csv").open("a", encoding="utf-8") as sheet:
        sheet.write(f"{asked['admission']},电梯统计,housing,0305,sub-01,yes,yes,yes,approved,2026-01-05,,\n")

    status, said = draft(owner, folder)

    assert status == 1
    assert f"admission {asked['admission']} is not approved: refused" in said


def _notices(database: Database) -> list[Any]:
    rows = database.run_sql(f"{NOTICES} order by at, notice_id").splitlines()
    return [json.loads(row) for row in rows]
