"""One command fills the figures again over the topics, and what was published is still what the facts say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from deploy.embedded.kafka import Kafka
from services.appraisal.domain.periods import period_of
from services.chassis.delivery.pending import PostgresSource
from services.chassis.delivery.producer import Producer
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Pulse
from services.chassis.outages import Outages
from services.chassis.settings import KafkaSettings, PostgresSettings
from services.contracts.codec import encode
from services.ledger.store.facts import FORGET_SENT, READ_PENDING, outgoing
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story
from tests.waiting import eventually
from tests.wire.appraisal.room import ZONE, Room, a_room
from tests.wire.appraisal.test_command_line import whistle
from tests.wire.notify.process import running

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

MONTH = period_of("2026-01", ZONE)
"""Of no other test: the broker is the session's, and its records come here too."""
PUBLISHED = """
    select (select encode(sha256, 'hex') from appraisal.bulletins), array_agg((g.*)::text order by unit, entry)
    from appraisal.grades g
"""


def day(number: int, hour: int = 10) -> datetime:
    return datetime(2026, 1, number, hour, tzinfo=ZONE)


def a_month(database: Database) -> Sequence[Story]:
    """One kept promise, one late, one broken and open, one judged badly."""
    names = [f"{database.name}-{number}" for number in range(4)]
    kept, late, left, sent_back = (Story(name, day(6), day(12)) for name in names)
    kept.handled(day(8)).closed(day(9)).called(day(10), "satisfied")
    late.handled(day(13)).closed(day(14)).called(day(15), "unsatisfied")
    sent_back.handled(day(8)).sent_back(day(9)).closed(day(11)).rated(day(11, 12), 2)
    return [kept, late, left, sent_back]


@asynccontextmanager
async def relayed(database: Database, kafka: Kafka) -> AsyncIterator[None]:
    """Let the ledger's relay send what is pending."""
    registry = CollectorRegistry()
    source = PostgresSource(
        PostgresSettings(dsn=database.dsn("ledger_writer"), password=None),
        read_sql=READ_PENDING,
        forget_sql=FORGET_SENT,
        lock="ledger.relay",
        row=outgoing,
    )
    producer = Producer(KafkaSettings(brokers=kafka.address, service="ledger", instance=database.name))
    relay = Relay(source, producer, Outages(registry, "ledger"), RelayMetrics.create(registry, "ledger"), Pulse())
    working = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        await relay.stop()
        await working
        await producer.close()
        await source.close()


def stated(room: Room, stories: Sequence[Story]) -> int:
    """Let the ledger have stated the facts, all of them to be sent; return how many."""
    events = [event for story in stories for event in story.events]
    room.database.run_sql(
        "".join(
            "insert into ledger.facts (case_id, version, topic, event_id, at, body) values"
            f" ('{each.case_id}', {each.version}, '{each.TYPE}', '{each.event_id}', '{each.at.isoformat()}',"
            f" '\\x{encode(each).hex()}');"
            f"insert into ledger.pending (case_id, version, topic) values ('{each.case_id}', {each.version},"
            f" '{each.TYPE}');"
            for each in events
        )
    )
    return len(events)


def taken(room: Room) -> int:
    """Return how many facts of the month the appraisal has."""
    return int(room.database.run_sql("select count(*) from appraisal.facts where at < '2026-02-01'"))


async def test_what_was_published_is_what_the_facts_say_after_a_rebuild(
    database: Database, kafka_server: Kafka
) -> None:
    async with (
        a_room(database) as room,
        running("appraisal", "appraisal", database, kafka_server, CLOCK="stepped") as process,
    ):
        room.at(MONTH.ends + timedelta(hours=1))
        await process.ready()
        facts = stated(room, a_month(database))
        async with relayed(database, kafka_server):
            await eventually(lambda: taken(room) == facts, within_seconds=60)
        for what in ("bulletin", "grades"):
            assert (await whistle(room, "a leader", "publish", MONTH.name, "--what", what)).status == 0
        before = room.database.run_sql(PUBLISHED)

        told = (await whistle(room, "a leader", "rebuild", "--yes", "--json")).told
        meanwhile = await whistle(room, "a leader", "bulletin", MONTH.name, "--check")
        emptied = taken(room)
        async with relayed(database, kafka_server):
            await eventually(lambda: taken(room) == facts, within_seconds=60)

        assert (told["facts"], emptied) == (facts, 0)
        assert (meanwhile.status, "not complete" in meanwhile.err) == (1, True)
        assert (await whistle(room, "a leader", "bulletin", MONTH.name, "--check")).status == 0
        assert room.database.run_sql(PUBLISHED) == before
