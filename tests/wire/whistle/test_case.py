"""`case trace`: every hop with its time, the reasons, the deadlines."""

import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.waiting import run_apart
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.one_case import accept, dispatch
from tests.wire.whistle.test_load import load


@pytest.mark.kafka
def test_a_case_tells_its_whole_way(whistle_with_kafka: CommandLine, database: Database, kafka_server: Kafka) -> None:
    whistle_with_kafka.told("topics", "apply")
    whistle_with_kafka.told(*load(whistle_with_kafka))
    case = run_apart(dispatch(database, kafka_server.address))

    told = whistle_with_kafka.told("case", "trace", str(case), "--seconds-max", "60")

    assert [hop["what"].split(" ")[0] for hop in told["hops"]] == [
        "reported", "accepted", "published", "dispatched", "opened",
    ]  # fmt: skip
    assert all(hop["at"] for hop in told["hops"])
    assert told["records"]["complete"] is True
    assert [record["topic"] for record in told["records"]["found"]] == ["report.received.v1", "case.dispatched.v1"]
    (why,) = told["why"]
    assert why["reference_version"] == 1
    assert any("井盖" in reason for reason in why["reasons"])


def test_a_deadline_is_derived_again_from_its_limit_and_calendar(whistle: CommandLine, database: Database) -> None:
    whistle.told(*load(whistle))
    case = run_apart(dispatch(database))

    told = whistle.told("case", "trace", str(case), "--no-topics")

    promise = next(clock for clock in told["deadlines"] if clock["kind"] == "promise")
    assert promise["derivation"]["agrees"] is True
    assert "how the deadlines were computed" in whistle.run("case", "trace", told["number"], "--no-topics").out


def test_a_report_that_is_not_dispatched_yet_says_so(whistle: CommandLine, database: Database) -> None:
    run_apart(accept(database))

    told = whistle.told("case", "trace", str(an_id("case")), "--no-topics")

    assert told["state"] == "accepted, not yet opened"
    assert [hop["what"] for hop in told["hops"]] == ["accepted and committed", "published"]


def test_kafka_away_leaves_the_rest_of_the_story(whistle: CommandLine, database: Database) -> None:
    run_apart(accept(database))
    without = CommandLine({**whistle.environment, "WHISTLE_CLI_KAFKA_BROKERS": "127.0.0.1:1"})

    told = without.told("case", "trace", str(an_id("case")))

    assert "Kafka does not answer" in told["records"]["trouble"]


@pytest.mark.parametrize("asked", ["20260302-nothing", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_case_is_refused(whistle: CommandLine, asked: str) -> None:
    assert whistle.run("case", "trace", asked).status == 1
