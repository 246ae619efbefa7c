"""The environment itself: databases are fresh, durable and cheap; the broker is real and survives a kill."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from tests.environment.database import Database
from tests.environment.topics import create_topics, unique
from tests.waiting import eventually


async def test_postgres_keeps_what_it_acknowledged(postgres_server: Postgres) -> None:
    shown = postgres_server.run_sql("show fsync; show full_page_writes; show synchronous_commit; show data_checksums")

    assert shown.split() == ["on"] * 4


async def test_a_role_logs_in_with_its_own_password_only(postgres_server: Postgres) -> None:
    connection = await asyncpg.connect(postgres_server.dsn("router"))
    await connection.close()

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres_server.dsn("router"), user="migrator")


async def test_committed_rows_are_there_after_a_kill(postgres_server: Postgres) -> None:
    postgres_server.run_sql("create table kept (what text); insert into kept values ('this')")

    postgres_server.kill()
    postgres_server.start()

    assert postgres_server.run_sql("select what from kept") == "this"


async def test_of_a_killed_server_no_session_goes_on(postgres_server: Postgres) -> None:
    connection = await asyncpg.connect(postgres_server.dsn("operator"))
    session = await connection.fetchval("select pg_backend_pid()")
    os.kill(session, signal.SIGSTOP)  # one that does not notice

    postgres_server.kill()

    try:
        await eventually(lambda: not Path(f"/proc/{session}").exists(), within_seconds=10)
    finally:
        with suppress(ProcessLookupError):
            os.kill(session, signal.SIGKILL)
        postgres_server.start()
        connection.terminate()


@pytest.mark.parametrize("run", ["first", "second"])
async def test_each_test_has_a_database_of_its_own(database: Database, run: str) -> None:
    database.run_sql("create table only_here (what text)")

    assert database.run_sql("select count(*) from only_here") == "0"


async def test_records_are_there_after_the_broker_was_killed(kafka_server: Kafka) -> None:
    topic = unique("kept")
    await create_topics(kafka_server.address, [topic])
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.address, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, b"this")

    kafka_server.kill()
    kafka_server.start()

    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka_server.address, auto_offset_reset="earliest")
    async with consumer:
        assert (await consumer.getone()).value == b"this"


async def test_waiting_ends_when_the_check_holds_and_says_what_it_saw() -> None:
    started = time.monotonic()

    assert await eventually(lambda: time.monotonic() - started > 0.05, within_seconds=5)
    with pytest.raises(AssertionError, match="seen last: 0"):
        await eventually(lambda: 0, within_seconds=0.05)
