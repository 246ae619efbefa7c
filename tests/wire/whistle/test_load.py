"""Loading a district: everything or nothing, two persons, and reasons with sheet and row."""

import csv
import shutil
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded.state import PROJECT
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine

DISTRICT: Final = PROJECT / "deploy" / "demo" / "district"


def persons_with(role: str) -> list[str]:
    """Return the ids of the sample district's persons with a role."""
    with (DISTRICT / "persons.csv").open(encoding="utf-8") as sheet:
        return [row["person_id"] for row in csv.DictReader(sheet) if row["role"] == role]


def load(whistle: CommandLine, folder: Path = DISTRICT, approver: str | None = None) -> tuple[str, ...]:
    drafter, other = persons_with("rule_owner")[:2]
    return ("load", "district", str(folder), "--drafted-by", drafter, "--approved-by", approver or other)


def test_a_district_is_loaded_once(whistle: CommandLine, database: Database) -> None:
    first = whistle.told(*load(whistle))
    again = whistle.told(*load(whistle))

    assert (first["version"], first["new"]) == (1, True)
    assert (again["version"], again["new"]) == (1, False)
    assert first["subdistrict"] == 8
    assert first["grid"] >= 349
    assert database.run_sql("select count(*) from identity.persons") == str(first["persons"])
    assert database.run_sql("select count(*) from identity.tokens where revoked_at is null") == "0"


def test_one_person_cannot_publish_alone(whistle: CommandLine, database: Database) -> None:
    (drafter, *_) = persons_with("rule_owner")

    ended = whistle.run(*load(whistle, approver=drafter))

    assert ended.status == 1
    assert "cannot approve" in ended.err
    assert database.run_sql("select count(*) from identity.persons") == "0"


def test_somebody_without_the_role_cannot_publish(whistle: CommandLine) -> None:
    ended = whistle.run(*load(whistle, approver=persons_with("clerk")[0]))

    assert ended.status == 1
    assert "has not the role" in ended.err


@pytest.mark.parametrize(
    ("sheet", "line", "says"),
    [
        pytest.param("persons.csv", "nobody,王,municipal_works,clerk,,2026-01-01,", "persons, row", id="a-person"),
        pytest.param("units.csv", "x", "units, row", id="a-unit"),
    ],
)
def test_a_bad_row_refuses_everything_with_its_reason(
    whistle: CommandLine, database: Database, tmp_path: Path, sheet: str, line: str, says: str
) -> None:
    folder = tmp_path / "district"
    shutil.copytree(DISTRICT, folder)
    with (folder / sheet).open("a", encoding="utf-8") as broken:
        broken.write(line + "\n")

    ended = whistle.run(*load(whistle, folder))

    assert ended.status == 1
    assert says in ended.err
    assert database.run_sql("select count(*) from reference.versions") == "0"
