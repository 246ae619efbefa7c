"""`dlq`: a dead letter is seen, sent again as it was, and both are written down."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from deploy.embedded.kafka import Kafka
from deploy.embedded.waiting import run_apart
from tests.environment.database import Database
from tests.environment.topics import create_topics, unique
from tests.wire.whistle.command_line import CommandLine

PUT = """
insert into delivery.dead_letters (consumer, event_id, topic, partition, kafka_offset, headers, key, value, reason)
values ('router', 'e-1', '{topic}', 0, 7, '[["ce_id", "e-1"]]', '\\x6b', '\\x7b7d', 'not a report.received.v1')
"""


async def first_record(brokers: str, topic: str) -> Any:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return await asyncio.wait_for(consumer.getone(), 60)
    finally:
        await consumer.stop()


@pytest.mark.kafka
def test_a_dead_letter_is_sent_again_as_it_was(
    whistle_with_kafka: CommandLine, database: Database, kafka_server: Kafka
) -> None:
    topic = unique("report.received.v1")
    run_apart(create_topics(kafka_server.address, [topic]))
    database.run_sql(PUT.format(topic=topic))
    (letter,) = whistle_with_kafka.told("dlq", "ls")

    assert whistle_with_kafka.told("dlq", "replay", str(letter["id"])) == {"replayed": [letter["id"]]}

    record = run_apart(first_record(kafka_server.address, topic))
    assert (record.key, record.value, record.headers) == (b"k", b"{}", (("ce_id", b"e-1"),))
    assert whistle_with_kafka.told("dlq", "ls") == []
    assert database.run_sql("select act, details from delivery.operator_acts") == (
        f'dead letters replayed|{{"ids": [{letter["id"]}]}}'
    )


def test_nothing_is_marked_when_kafka_is_away(whistle: CommandLine, database: Database) -> None:
    database.run_sql(PUT.format(topic="report.received.v1"))
    without = CommandLine({**whistle.environment, "WHISTLE_CLI_KAFKA_BROKERS": "127.0.0.1:1"})

    assert without.run("dlq", "replay", "--all").status == 3
    assert [letter["state"] for letter in whistle.told("dlq", "ls")] == ["open"]


def test_looking_into_a_dead_letter_is_written_down(whistle: CommandLine, database: Database) -> None:
    database.run_sql(PUT.format(topic="report.received.v1"))
    (letter,) = whistle.told("dlq", "ls")

    assert whistle.told("dlq", "show", str(letter["id"]))["value"] == "{}"
    assert database.run_sql("select act from delivery.operator_acts") == "dead letter shown"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param(("dlq", "show", "99"), 1, id="unknown"),
        pytest.param(("dlq", "discard", "99", "--reason", "x"), 1, id="unknown-to-discard"),
        pytest.param(("dlq", "replay"), 2, id="neither-named-nor-all"),
    ],
)
def test_what_cannot_be_done_is_said(whistle: CommandLine, words: tuple[str, ...], status: int) -> None:
    assert whistle.run(*words).status == status
