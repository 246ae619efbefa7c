"""Setting up: tables, topics and tokens, each safe to repeat, each refused in plain words."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from deploy.embedded.postgres import Postgres
from services.contracts.flow import FLOW
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine, environment_for

CLERK = UUID("00000000-0000-7000-8000-0000000000aa")


@pytest.fixture
def empty(postgres_server: Postgres) -> Iterator[Database]:
    """A database in which nothing has been created yet."""
    postgres_server.run_sql("create database whistle_empty owner migrator template template0;")
    yield Database(postgres_server, "whistle_empty")
    postgres_server.run_sql("drop database whistle_empty with (force);")


def test_migrate_applies_everything_once(empty: Database) -> None:
    whistle = CommandLine(environment_for(empty))

    assert whistle.run("migrate", "--check").status == 1
    assert "chassis/0001_roles.sql" in whistle.told("migrate")["applied"]
    assert whistle.told("migrate")["applied"] == []
    assert whistle.run("migrate", "--check").status == 0


@pytest.mark.kafka
def test_topics_become_what_the_flow_says(whistle_with_kafka: CommandLine) -> None:
    planned = whistle_with_kafka.told("topics", "apply", "--dry-run")
    whistle_with_kafka.told("topics", "apply")
    again = whistle_with_kafka.told("topics", "apply")

    assert planned["changed"] is False
    assert [(each["topic"], each["action"]) for each in again["topics"]] == [(hop.topic, "none") for hop in FLOW]


def test_a_token_is_told_once_and_works_until_it_is_revoked(whistle: CommandLine, database: Database) -> None:
    issued = whistle.told(
        *("token", "issue", "--person", str(CLERK), "--name", "王敏", "--role", "clerk", "--unit", "municipal_works")
    )

    assert issued["token"].startswith(f"wst_{issued['prefix']}_")
    assert whistle.told("token", "ls")[0]["prefix"] == issued["prefix"]
    assert issued["token"] not in whistle.run("token", "ls").out
    assert whistle.told("token", "revoke", issued["prefix"]) == {"revoked": issued["prefix"]}
    assert whistle.told("token", "ls") == []
    acts = database.run_sql("select act from delivery.operator_acts order by id").split("\n")
    assert acts == ["token issued", "token revoked"]


def test_a_token_for_nobody_is_refused(whistle: CommandLine) -> None:
    ended = whistle.run("token", "issue", "--person", str(CLERK))

    assert ended.status == 1
    assert "nobody we know" in ended.err


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        pytest.param(("token", "revoke", "abcdefgh"), 1, "no token", id="refused-gives-1"),
        pytest.param(("token", "issue"), 2, "--person", id="used-wrongly-gives-2"),
        pytest.param(("no-such-thing",), 2, "no-such-thing", id="an-unknown-command-gives-2"),
    ],
)
def test_exit_statuses(whistle: CommandLine, words: tuple[str, ...], status: int, says: str) -> None:
    ended = whistle.run(*words)

    assert ended.status == status
    assert says in ended.err


def test_a_database_that_does_not_answer_gives_3() -> None:
    nowhere = CommandLine({"WHISTLE_CLI_POSTGRES_DSN": "postgresql://operator@127.0.0.1:1/whistle"})

    ended = nowhere.run("token", "ls", "--json")

    assert ended.status == 3
    assert "PostgreSQL does not answer" in ended.err


def test_a_misspelt_setting_is_no_silent_default(whistle: CommandLine) -> None:
    misspelt = CommandLine({**whistle.environment, "WHISTLE_CLI_POSTGRES_DNS": "postgresql://x@y/z"})

    ended = misspelt.run("token", "ls")

    assert ended.status == 2
    assert "did you mean WHISTLE_CLI_POSTGRES_DSN" in ended.err
