"""The rounds on real PostgreSQL and Kafka: each hop repairs what was lost, and only that."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.topics import Topic, ask_cluster
from services.chassis.outages import Outages
from services.chassis.postgres import postgres_pool
from services.chassis.settings import KafkaSettings, PostgresSettings
from services.reconciler.broker import Broker
from services.reconciler.domain.gate import Leg
from services.reconciler.handlers import Comparison
from services.reconciler.hops import HOPS
from services.reconciler.metrics import ReconcilerMetrics
from services.reconciler.ports import Hop
from services.reconciler.settings import ReconcilerSettings
from services.reconciler.timers import Rounds
from tests.builders import an_id
from tests.environment.database import Database
from tests.environment.topics import unique
from tests.waiting import eventually
from tests.wire.reconciler.causes import STORIES, a_fact, a_report, a_told_fact

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


@dataclass
class Yard:
    """One hop under a reconciler without leeway, on topics and groups of its own."""

    hop: Hop
    rounds: Rounds
    database: Database
    broker: Broker
    outages: Outages
    brokers: str
    registry: CollectorRegistry
    clock: list[float] = field(default_factory=lambda: [0.0])

    async def go_round(self, times: int = 3) -> None:
        await self._nobody_writes()
        for _ in range(times):
            self.clock[0] += 1.0
            made: bool = await eventually(self._round, within_seconds=60)
            assert made

    async def _round(self) -> bool:
        """Make a round; say whether the broker answered and its topics were there, as every round here needs."""
        there = await self._topics_are_there()
        await self.rounds.tick()
        return there and self.outages.names == ()

    async def _topics_are_there(self) -> bool:
        try:
            view = await self.broker.view([])
        except (KafkaError, OSError, TimeoutError):
            await self.broker.close()
            return False
        return {(leg.topic, 0) for leg in self.hop.path} <= view.ends.keys()

    async def _nobody_writes(self) -> None:
        """Wait for whoever was writing: what began before, in any database of the server, keeps the horizon back."""
        mine = int(self.database.run_sql("select pg_current_xact_id()"))
        horizon = "select pg_snapshot_xmin(pg_current_snapshot())"
        assert await eventually(lambda: int(self.database.run_sql(horizon)) > mine, within_seconds=120)

    @property
    def repairs(self) -> float:
        return self.registry.get_sample_value("whistle_reconciler_repairs_total", {"hop": self.hop.name}) or 0.0

    @property
    def pending(self) -> int:
        return int(self.database.run_sql(f"select count(*) from {self.hop.room}.pending"))

    def send_pending(self) -> None:
        """Do as a relay that loses everything."""
        self.database.run_sql(f"delete from {self.hop.room}.pending")

    async def publish(self, leg: Leg, count: int = 1) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.brokers) as producer:
            for _ in range(count):
                await producer.send_and_wait(leg.topic, b"{}", partition=0)

    async def commit(self, leg: Leg, offset: int) -> None:
        async with AIOKafkaConsumer(
            bootstrap_servers=self.brokers, group_id=leg.group, enable_auto_commit=False
        ) as consumer:
            place = TopicPartition(leg.topic, 0)
            consumer.assign([place])
            await consumer.commit({place: offset})


@pytest.fixture(params=HOPS, ids=lambda hop: hop.name)
def hop(request: pytest.FixtureRequest) -> Hop:
    hop: Hop = request.param
    return replace(hop, path=tuple(Leg(unique(leg.topic), unique(leg.group)) for leg in hop.path))


@pytest.fixture
async def yard(hop: Hop, database: Database, kafka_server: Kafka) -> AsyncIterator[Yard]:
    settings = ReconcilerSettings(
        port=0, postgres_dsn=database.dsn("reconciler"), kafka_brokers=kafka_server.address, leeway_seconds=0.0
    )
    topics = [
        Topic(name=leg.topic, partitions=1, retention=timedelta(hours=1), record_bytes_max=1024) for leg in hop.path
    ]
    registry = CollectorRegistry()
    broker = Broker(KafkaSettings(brokers=kafka_server.address, service="reconciler"), topics)
    clock = [0.0]
    async with postgres_pool(PostgresSettings(dsn=database.dsn("reconciler"), password=None)) as pool:
        comparison = Comparison(settings, ReconcilerMetrics.create(registry, [hop.name]))
        outages = Outages(registry, "reconciler")
        rounds = Rounds(pool, broker, [hop], comparison, outages, lambda: clock[0])
        yield Yard(hop, rounds, database, broker, outages, kafka_server.address, registry, clock)
        await broker.close()


async def test_nothing_is_sent_again_where_every_effect_is_there(yard: Yard) -> None:
    story = STORIES[yard.hop.name]
    story.cause(yard.database, an_id("one"))
    story.effect(yard.database, an_id("one"))

    await yard.go_round(5)

    assert (yard.repairs, yard.pending) == (0, 0)


async def test_a_lost_cause_is_sent_again_until_its_effect_comes(yard: Yard) -> None:
    story = STORIES[yard.hop.name]
    story.cause(yard.database, an_id("one"))

    await yard.go_round()
    assert (yard.repairs, yard.pending) == (1, 1)

    yard.send_pending()
    yard.database.run_sql("update reconciler.missing set next_at = clock_timestamp() + interval '1 hour'")
    await yard.go_round()
    assert yard.pending == 0, "the pause is not over"

    yard.database.run_sql("update reconciler.missing set next_at = clock_timestamp()")
    await yard.go_round()
    assert (yard.repairs, yard.pending) == (2, 1)

    story.effect(yard.database, an_id("one"))
    yard.send_pending()
    yard.database.run_sql("update reconciler.missing set next_at = clock_timestamp()")
    await yard.go_round()
    assert (yard.repairs, yard.pending) == (2, 0)
    assert yard.database.run_sql("select count(*) from reconciler.missing") == "0"


async def test_nothing_is_sent_again_while_a_consumer_is_behind(yard: Yard) -> None:
    await yard.go_round(1)  # makes the topics
    last = yard.hop.path[-1]
    await yard.publish(last, 2)
    STORIES[yard.hop.name].cause(yard.database, an_id("one"))

    await yard.go_round()
    await yard.commit(last, 1)
    await yard.go_round()
    assert yard.repairs == 0

    await yard.commit(last, 2)
    await yard.go_round()
    assert yard.repairs == 1


async def test_what_waits_to_be_sent_is_left_alone(yard: Yard) -> None:
    STORIES[yard.hop.name].cause(yard.database, an_id("one"))
    yard.database.run_sql(
        yard.hop.resend.replace("$1", f"array['{an_id('one')}']").replace("$2", f"array[{version_of(yard)}]")
    )

    await yard.go_round(5)

    assert (yard.repairs, yard.pending) == (0, 1)


def version_of(yard: Yard) -> str:
    return yard.database.run_sql(f"select version from ({yard.hop.causes}) k")


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop.name == "fact-notify"], ids=["fact-notify"], indirect=True)
async def test_a_topic_that_was_deleted_is_made_anew_and_its_records_are_sent_again(yard: Yard) -> None:
    leg = yard.hop.path[0]
    await yard.go_round(1)
    await yard.publish(leg, 3)
    await yard.commit(leg, 3)
    a_fact(yard.database, an_id("told"))
    a_told_fact(yard.database, an_id("told"))
    await yard.go_round()

    await delete_topic(yard.brokers, leg.topic)
    a_fact(yard.database, an_id("lost"))
    remade: bool = await eventually(partial(made_anew, yard), within_seconds=60)
    assert remade
    await yard.go_round()

    assert yard.database.run_sql("select case_id from ledger.pending") == str(an_id("lost"))
    assert yard.registry.get_sample_value("whistle_reconciler_topics_created_total") == 2


async def made_anew(yard: Yard) -> bool | None:
    await yard.go_round(1)
    return yard.registry.get_sample_value("whistle_reconciler_topics_created_total") == 2


async def delete_topic(brokers: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await ask_cluster(lambda: admin.delete_topics([topic]))
    finally:
        await admin.close()


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop.name == "report-case"], ids=["report-case"], indirect=True)
async def test_the_slow_sweep_finds_what_is_older_than_every_window(yard: Yard) -> None:
    a_report(yard.database, an_id("old"))
    yard.database.run_sql("update intake.reports set accepted_at = '2020-01-01'")

    await yard.go_round()

    assert yard.repairs == 1
    assert int(yard.database.run_sql("select rounds from reconciler.progress")) >= 1


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop.name == "report-case"], ids=["report-case"], indirect=True)
async def test_recent_causes_are_found_by_an_index(yard: Yard) -> None:
    yard.database.run_sql(
        "insert into ledger.facts (case_id, version, topic, event_id, at, body)"
        " select gen_random_uuid(), 1, 'case.progressed.v1', gen_random_uuid(),"
        " timestamptz '2026-01-05' + n * interval '1 minute', repeat('x', 500)::bytea"
        " from generate_series(1, 50000) n;"
        "insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body)"
        " select case_id, row_number() over (), 1, at, 'k1', 'ordinary', body from ledger.facts;"
    )
    yard.database.run_sql("vacuum analyze ledger.facts; vacuum analyze intake.reports")

    plans = yard.database.run_sql(
        "explain select id from ledger.fact_keys where at >= '2026-02-08';"
        "explain select id from intake.report_keys where at >= '2026-02-08'"
    )

    assert "facts_by_time" in plans
    assert "reports_by_acceptance" in plans
