"""Accounts from the command line: passwords shown once, moves and leavings that count at once."""

import asyncio

import pytest

from services.identity.passwords import is_password
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.desk.office import an_office
from tests.wire.whistle.command_line import CommandLine

pytestmark = pytest.mark.postgres

LEAVER, STAYER, CASE = an_id("leaver"), an_id("stayer"), an_id("case")
PEOPLE = f"""
insert into identity.persons values ('{LEAVER}', '甲', now()), ('{STAYER}', '乙', now());
insert into identity.roles (person_id, unit, role, valid_from)
values ('{LEAVER}', 'drainage', 'clerk', '2026-01-01'), ('{STAYER}', 'drainage', 'clerk', '2026-01-01');
"""


@pytest.fixture
def people(database: Database) -> Database:
    database.run_sql(PEOPLE)
    return database


def test_a_password_is_shown_once_and_must_be_changed(whistle: CommandLine, people: Database) -> None:
    opened = whistle.told("account", "open", "--person", str(LEAVER), "--login", "jia")

    stored, must = people.run_sql("select password_hash, must_change from identity.accounts").strip().split("|")
    assert is_password(opened["password"], stored)
    assert must == "t"
    assert opened["password"] not in whistle.run("account", "ls").out
    reset = whistle.told("account", "reset", "jia")
    assert reset["password"] != opened["password"]
    assert whistle.run("account", "reset", "nobody").status == 1
    assert "password" not in people.run_sql("select details from delivery.operator_acts")


def test_who_moves_has_the_new_unit_only(whistle: CommandLine, people: Database) -> None:
    moving = ("account", "move", "--person", str(LEAVER), "--role", "clerk")

    whistle.told(*moving, "--from-unit", "drainage", "--to-unit", "parks")

    units = people.run_sql(f"select unit from identity.roles where person_id = '{LEAVER}' and valid_to > clock.now()")
    assert units.strip() == "parks"
    assert whistle.run(*moving, "--from-unit", "drainage", "--to-unit", "parks").status == 1


def test_who_leaves_is_out_and_a_colleague_has_the_cases(whistle: CommandLine, people: Database) -> None:
    whistle.told("account", "open", "--person", str(LEAVER), "--login", "jia")
    people.run_sql(
        "alter table ledger.holders drop constraint holders_case_id_fkey;"
        f"insert into ledger.holders values ('{CASE}', 'drainage', '{LEAVER}', now())"
    )

    refused = whistle.run("account", "leave", "--person", str(LEAVER), "--successor", str(an_id("stranger")))
    left = whistle.told("account", "leave", "--person", str(LEAVER), "--successor", str(STAYER))

    assert refused.status == 1
    assert left["roles_ended"] == 1
    assert whistle.told("account", "ls")[0]["disabled_at"] is not None
    assert (
        people.run_sql(
            f"select count(*) from identity.roles where person_id = '{LEAVER}' and valid_to > clock.now()"
        ).strip()
        == "0"
    )


async def test_a_colleague_has_the_open_cases_of_who_left_and_the_ended_ones_stay(
    whistle: CommandLine, database: Database
) -> None:
    async with an_office(database) as office:
        await office.open("held", "held-too", "done", "unheld")
        leaver, stayer = an_id("person drainage"), an_id("person drainage_too")
        held = (f"('{an_id(name)}', 'drainage', '{leaver}', now())" for name in ("held", "held-too", "done"))
        database.run_sql(f"insert into ledger.holders values {', '.join(held)}")
        reject = {"type": "reject", "because": "statutory_channel", "explanation": "应当走诉讼渠道"}
        assert (await office.act("center", reject, case="done")).status_code == 200

        leaving = ("account", "leave", "--person", str(leaver), "--successor", str(stayer))
        left = await asyncio.to_thread(whistle.told, *leaving)  # the command line has a loop of its own

        assert left["cases"] == 2
        mine = await office.queue("drainage_too", mine="true")
        assert {row["number"] for row in mine} == {"20260302-held", "20260302-held-too"}
        assert (await office.get("drainage", "/api/v1/queue")).json().get("rows", []) == []
