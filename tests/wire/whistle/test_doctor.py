"""`doctor` on real servers: every failed check named, with its remedy."""

from typing import Any

import pytest

from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.test_load import load


def examined(whistle: CommandLine) -> dict[str, dict[str, Any]]:
    """Return the findings by what was looked at."""
    ended = whistle.run("doctor", "--json")
    assert ended.status == (1 if ended.told["failed"] else 0)
    return {finding["check"]: finding for finding in ended.told["findings"]}


def test_nothing_is_reachable_and_every_check_says_what_to_do() -> None:
    nowhere = {
        "WHISTLE_CLI_POSTGRES_DSN": "postgresql://operator@127.0.0.1:1/whistle",
        "WHISTLE_CLI_KAFKA_BROKERS": "127.0.0.1:1",
        "WHISTLE_ROUTER_PORT": "1",
    }

    found = examined(CommandLine(nowhere))

    assert {found[check]["state"] for check in ("postgres", "kafka", "router")} == {"failed"}
    assert all(finding["remedy"] for finding in found.values() if finding["state"] == "failed")


def test_what_stands_in_the_database_is_judged(whistle: CommandLine, database: Database) -> None:
    before = examined(whistle)
    whistle.told(*load(whistle))
    database.run_sql("insert into ledger.clock_stop (reason) values ('clocks differ')")
    database.run_sql("create or replace function clock.now() returns timestamptz language sql as 'select now()'")
    after = examined(whistle)

    for check in ("postgres", "durable commits", "migrations", "clock", "time acts", "owed steps", "dead letters"):
        assert before[check]["state"] == "ok", before[check]
    assert before["reference version"]["state"] == "failed"
    assert after["reference version"]["state"] == "ok"
    assert after["time acts"]["detail"] == "clocks differ"
    assert after["clock"]["state"] == "failed"


def test_a_database_behind_its_release_is_found(whistle: CommandLine, database: Database) -> None:
    database.run_sql("delete from migrations.applied where name = '0010_operator_acts.sql'")

    found = examined(whistle)

    assert found["migrations"]["remedy"] == "whistle migrate"
    assert "0010_operator_acts.sql" in found["migrations"]["detail"]


@pytest.mark.kafka
def test_topics_and_groups_are_judged(whistle_with_kafka: CommandLine) -> None:
    whistle_with_kafka.told("topics", "apply")

    found = examined(whistle_with_kafka)

    assert found["topics"]["state"] == "ok"
    assert found["group ledger in case.dispatched.v1"]["state"] == "ok"
