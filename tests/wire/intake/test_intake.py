"""intake on real Kafka and PostgreSQL: committed at 201, once per key over processes, sent when Kafka is there."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.chassis.delivery.topics import topics_of_flow
from services.contracts.codec import decode
from services.contracts.events import ReportFollowedUp, ReportReceived
from tests.component.intake.test_pictures import a_picture
from tests.environment.database import Database
from tests.environment.pausing import paused
from tests.environment.stopwatch import stopwatch
from tests.environment.topics import make_topics
from tests.unit.reference.town import a_version
from tests.waiting import eventually
from tests.wire.intake.processes import IntakeProcess, running
from tests.wire.reference.publishing import publish_first

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
async def published(database: Database) -> Database:
    await publish_first(database, a_version())
    return database


@pytest.fixture
async def consumer(kafka_server: Kafka) -> AsyncIterator[Any]:
    """Reads everything that intake publishes."""
    await make_topics(kafka_server.address, topics_of_flow())
    topics = (ReportReceived.TYPE, ReportFollowedUp.TYPE)
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=kafka_server.address, auto_offset_reset="earliest")
    await consumer.start()
    yield consumer
    await consumer.stop()


async def records_of(consumer: Any, case_id: str, found: list[Any], count: int) -> list[Any]:
    """Add what came about the case to `found`; return it once there are `count`."""
    for records in (await consumer.getmany(timeout_ms=50)).values():
        found += [record for record in records if record.key == case_id.encode()]
    return found if len(found) >= count else []


async def taken(api: IntakeProcess, key: str) -> httpx2.Response:
    """Report under a key until it is taken: what meets a machine that stands still is 503, and may come again."""

    async def told() -> httpx2.Response | None:
        answer = await api.report(key=key)
        return None if answer.status_code == 503 else answer

    answer: httpx2.Response = await eventually(told, within_seconds=60)
    assert answer.status_code == 201
    return answer


async def test_a_report_travels_with_its_headers_and_leaves_nothing_pending(
    published: Database, kafka_server: Kafka, consumer: Any, tmp_path: Path
) -> None:
    async with (
        running("api", published, tmp_path) as api,
        running("relay", published, tmp_path, KAFKA_BROKERS=kafka_server.address) as relay,
    ):
        await api.ready()
        await relay.ready()
        receipt = (await api.report(text="找我13812345678", item="0203")).json()
        tracked = f"/api/v1/reports/{receipt['tracking_code']}"
        as_jpeg = {"Content-Type": "image/jpeg"}
        picture = await api.client.post("/api/v1/attachments", content=a_picture(), headers=as_jpeg)
        photo = {"kind": "photo", "attachments": [picture.json()["attachment_id"]]}
        added = await api.client.post(f"{tracked}/followups", json=photo)
        shown = await api.client.get(tracked)
        found: list[Any] = []
        case_id = receipt["report_id"]
        both: list[Any] = await eventually(lambda: records_of(consumer, case_id, found, 2), within_seconds=60)
        await eventually(lambda: published.run_sql("select count(*) from intake.pending") == "0", within_seconds=60)
        metrics = api.get("/metrics")
        assert (relay.end(signal.SIGTERM), api.end(signal.SIGTERM)) == (0, 0)

    by_topic = {record.topic: record for record in both}
    received = decode(by_topic[ReportReceived.TYPE].value, ReportReceived)
    headers = dict(by_topic[ReportReceived.TYPE].headers)
    followed = decode(by_topic[ReportFollowedUp.TYPE].value, ReportFollowedUp)
    assert received.report.text == "找我138****5678"
    assert (headers["ce_type"], headers["ce_id"].decode()) == (b"report.received.v1", str(received.event_id))
    assert (headers["ce_source"], headers["ce_specversion"]) == (b"/whistle/intake", b"1.0")
    assert str(followed.event_id) == added.json()["followup_id"]
    assert [str(one) for one in followed.attachments] == [picture.json()["attachment_id"]]
    assert (shown.status_code, shown.json()["progress"]) == (200, {"state": "accepted"})
    assert 'whistle_intake_reports_accepted_total{channel="web"} 1.0' in metrics
    assert published.run_sql("select count(*) from intake.attachments where report_id is not null") == "1"
    assert len(list((tmp_path / "pictures").rglob("*.jpg"))) == 1


async def test_without_kafka_it_is_still_201(published: Database, tmp_path: Path) -> None:
    nobody = "127.0.0.1:1"
    async with running("api", published, tmp_path) as api, running("relay", published, tmp_path, KAFKA_BROKERS=nobody):
        await api.ready()

        answer = await api.report()

        assert answer.status_code == 201
        assert published.run_sql("select count(*) from intake.pending") == "1"


async def test_one_key_at_two_processes_makes_one_report(published: Database, tmp_path: Path) -> None:
    async with running("api", published, tmp_path) as one, running("api", published, tmp_path) as two:
        await asyncio.gather(one.ready(), two.ready())

        keys = [f"key-{number}" for number in range(40)]
        answers = await asyncio.gather(*(api.report(key=key) for key in keys for api in (one, two)))
        other = await two.report(key="key-7", text="另一件事")

        numbers = {answer.json()["number"] for answer in answers}
        assert {answer.status_code for answer in answers} == {201}
        assert len(numbers) == len(keys)
        assert sum("idempotency-replayed" in answer.headers for answer in answers) == len(keys)
        assert other.status_code == 422
        assert published.run_sql("select count(*) from intake.reports") == str(len(keys))
        assert published.run_sql("select count(*) from intake.pending") == str(len(keys))


async def test_a_key_held_undecided_elsewhere_is_409_within_seconds(published: Database, tmp_path: Path) -> None:
    async with running("api", published, tmp_path) as api:
        await api.ready()
        await api.report(key="held")
        held = published.run_sql("delete from intake.idempotency returning client_key").splitlines()[0]
        holder = await asyncpg.connect(published.dsn("intake_api"))
        hold = holder.transaction()
        await hold.start()
        await holder.execute(
            "insert into intake.idempotency (client_key, fingerprint, made_id) values ($1, 'x', $1)", held
        )

        stuck, neighbour = await asyncio.gather(api.report(key="held"), api.report(key="free"))
        await hold.rollback()
        await holder.close()

        assert (stuck.status_code, neighbour.status_code) == (409, 201)
        assert (await api.report(key="held")).status_code == 201


async def test_a_killed_database_is_503_and_the_repeat_is_taken_once(
    published: Database, postgres_server: Postgres, tmp_path: Path
) -> None:
    async with running("api", published, tmp_path, DATABASE_SECONDS_MAX="1.8") as api:
        await api.ready()
        before = await taken(api, "before")
        postgres_server.kill()
        try:
            with stopwatch() as waited:
                during = await api.report(key="during")
        finally:
            postgres_server.start()
        await taken(api, "during")
        again = await taken(api, "before")

        assert (during.status_code, waited.seconds < 10) == (503, True)
        assert int(during.headers["retry-after"]) > 0
        assert (again.json(), again.headers["idempotency-replayed"]) == (before.json(), "true")
        assert published.run_sql("select count(*) from intake.reports") == "2"


async def test_a_database_that_hangs_is_503_within_seconds_and_works_again(published: Database, tmp_path: Path) -> None:
    async with running("api", published, tmp_path, DATABASE_SECONDS_MAX="1.8") as api:
        await api.ready()
        await taken(api, "before")
        backends = published.run_sql(
            "select pid from pg_stat_activity where usename = 'intake_api' and datname = current_database()"
        )
        async with paused(*map(int, backends.split())):
            with stopwatch() as waited:
                during = await api.report()

        assert (during.status_code, waited.seconds < 8) == (503, True)
        await taken(api, "after")
