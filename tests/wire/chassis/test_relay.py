"""The relay between a real pending table and a real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from prometheus_client import CollectorRegistry

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.pending import PostgresSource
from services.chassis.delivery.producer import RECORD_BYTES_MAX, Outgoing, Producer, RefusedError, SendFailedError
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Pulse
from services.chassis.outages import Outages
from services.chassis.settings import KafkaSettings, PostgresSettings
from tests.environment.database import Database
from tests.environment.pausing import paused
from tests.environment.topics import create_topics, unique
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

Arrived = tuple[bytes, bytes, int, tuple[tuple[str, bytes], ...]]

READ = """
    select seq, topic, key, value, headers from outbox where seq <> all($2::bigint[]) order by seq limit $1
"""
FORGET = "delete from outbox where seq = any($1::bigint[])"
OUTBOX = """
    create table outbox (
        seq bigint generated always as identity primary key, topic text, key bytea, value bytea, headers text[]
    );
    grant select, insert, delete on outbox to intake_relay;
    grant usage on schema public to intake_relay;
"""


@pytest.fixture
async def topic(kafka_server: Kafka) -> str:
    name = unique("relayed")
    await create_topics(kafka_server.address, [name], partitions=3)
    return name


@pytest.fixture
async def producer(kafka_server: Kafka) -> AsyncIterator[Producer]:
    producer = Producer(KafkaSettings(brokers=kafka_server.address, service="probe"))
    yield producer
    await producer.close()


def source_of(database: Database) -> PostgresSource:
    settings = PostgresSettings(dsn=database.dsn("intake_relay"), password=None)
    return PostgresSource(settings, read_sql=READ, forget_sql=FORGET, lock="probe")


def relay_of(source: PostgresSource, producer: Producer) -> Relay:
    registry = CollectorRegistry()
    return Relay(
        source,
        producer,
        Outages(registry, "probe"),
        RelayMetrics.create(registry, "probe"),
        Pulse(),
    )


async def everything(brokers: str, topic: str, count: int) -> list[Arrived]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        records: list[Arrived] = []
        async with asyncio.timeout(60.0):
            while len(records) < count:
                for taken in (await consumer.getmany(timeout_ms=200)).values():
                    records += [(r.key, r.value, r.partition, tuple(r.headers)) for r in taken]
        return records
    finally:
        await consumer.stop()


async def test_rows_arrive_once_with_key_and_headers_in_the_order_of_their_key(
    kafka_server: Kafka, database: Database, topic: str, producer: Producer
) -> None:
    database.run_sql(OUTBOX)
    database.run_sql(
        f"insert into outbox (topic, key, value, headers) select '{topic}', ('k' || n % 7)::bytea, n::text::bytea,"
        " array['ce_id', n::text] from generate_series(1, 1200) n"
    )
    source = source_of(database)
    relay = relay_of(source, producer)

    sent = [await relay.relay_once() for _ in range(4)]
    await source.close()

    assert sent == [500, 500, 200, 0]
    records = await everything(kafka_server.address, topic, 1200)
    assert len(records) == 1200
    assert all(headers == (("ce_id", value),) for _, value, _, headers in records)
    for key in {record[0] for record in records}:
        numbers = [int(value) for known, value, _, _ in records if known == key]
        assert numbers == sorted(numbers)
        assert len({partition for known, _, partition, _ in records if known == key}) == 1
    assert database.run_sql("select count(*) from outbox").strip() == "0"


async def test_only_one_of_two_relays_reads_and_the_other_takes_over(database: Database, topic: str) -> None:
    database.run_sql(OUTBOX)
    database.run_sql(f"insert into outbox (topic, key, value) values ('{topic}', 'k', 'v')")
    first, second = source_of(database), source_of(database)

    assert len(await first.read(10, [])) == 1
    assert await second.read(10, []) == ()
    await first.close()
    taking_over: Callable[[], Awaitable[Sequence[Outgoing]] | Sequence[Outgoing]] = partial(second.read, 10, [])
    await eventually(taking_over, within_seconds=30.0)
    await second.close()


async def test_a_row_committed_after_a_later_one_was_sent_is_sent_too(database: Database) -> None:
    database.run_sql(OUTBOX)
    source = source_of(database)
    slow = await asyncpg.connect(database.dsn("intake_relay"))
    try:
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute("insert into outbox (topic, key, value) values ('t', 'k', 'early number, late commit')")
        database.run_sql("insert into outbox (topic, key, value) values ('t', 'k', 'late number, early commit')")
        before = [record.seq for record in await source.read(10, [])]
        await source.forget(before)
        await transaction.commit()
        after = [record.seq for record in await source.read(10, [])]
    finally:
        slow.terminate()
        await source.close()

    assert (before, after) == ([2], [1])


async def test_a_record_too_large_is_named_and_the_others_arrive(
    kafka_server: Kafka, topic: str, producer: Producer
) -> None:
    large = Outgoing(2, topic, b"b", b"x" * (RECORD_BYTES_MAX + 1))
    heavy = [Outgoing(10 + n, topic, b"h", b"y" * 400_000) for n in range(3)]

    with pytest.raises(RefusedError) as refused:
        await producer.send_all([Outgoing(1, topic, b"a", b"1"), large, *heavy])

    assert refused.value.refused == [large]
    assert len(await everything(kafka_server.address, topic, 4)) == 4


async def test_what_a_broker_has_not_confirmed_is_not_said_to_be_sent(kafka_server: Kafka, topic: str) -> None:
    producer = Producer(KafkaSettings(brokers=kafka_server.address, service="probe", send_seconds_max=2.0))

    async def has_sent() -> bool:  # not every machine makes a client within the deadline, so that it is tried again
        try:
            await producer.send_all([Outgoing(1, topic, b"k", b"v")])
        except SendFailedError:
            return False
        return True

    sent: bool = await eventually(has_sent, within_seconds=60.0)
    assert sent
    assert kafka_server.pid is not None

    try:
        async with paused(kafka_server.pid):
            with pytest.raises(SendFailedError):
                await producer.send_all([Outgoing(2, topic, b"k", b"v")])
    finally:
        await producer.close()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything and answer nothing."""
    await reader.read()
    writer.close()


async def test_a_broker_that_does_not_answer_is_an_outage_within_the_deadline() -> None:
    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    producer = Producer(KafkaSettings(brokers=f"127.0.0.1:{port}", service="probe", send_seconds_max=1.0))

    async with asyncio.timeout(30.0):
        with pytest.raises(SendFailedError):
            await producer.send_all([Outgoing(1, "t", b"k", b"v")])

    server.close()
    await server.wait_closed()
