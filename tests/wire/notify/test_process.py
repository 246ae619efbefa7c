"""Notify as a process: facts from Kafka become rows and signed messages, also after a kill."""

import signal
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from deploy.embedded.kafka import Kafka
from services.chassis.postgres import postgres_pool
from services.chassis.sealing import keys_in
from services.chassis.settings import PostgresSettings
from services.contracts.events import NoticeIssued
from services.notify.channels.egress import Egress
from services.notify.settings import networks_in
from services.notify.store.subscribing import Subscribing
from tests.builders import MONDAY_NOON, an_id
from tests.environment.database import Database
from tests.unit.notify.facts import a_fact, a_step, a_whistle
from tests.waiting import eventually
from tests.wire.notify.process import publish, running
from tests.wire.notify.receiver import receiving

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

KEY_FILE = '{"current": "k1", "keys": {"k1": "dGhlIHRlc3RzIG93biBrZXkgb2YgMzIgYnl0ZXMhISE="}}'
LOOPBACK = "127.0.0.0/8"


@pytest.mark.timeout(400)
async def test_facts_and_notices_are_told_once_also_after_a_kill(
    database: Database, kafka_server: Kafka, tmp_path: Path
) -> None:
    key_file = tmp_path / "vault_keys"
    key_file.write_text(KEY_FILE)
    name = f"notify-{database.name}"
    opened = a_fact(name=name)
    limit = a_fact(a_step("limit", whistle=a_whistle("drainage")), name=name, version=2)
    notice = NoticeIssued(
        event_id=an_id(name), at=MONDAY_NOON, kind="digest", units=("drainage",), subject="日报", facts={}
    )

    async with (
        receiving() as receiver,
        Egress(networks_in(LOOPBACK)) as egress,
        postgres_pool(PostgresSettings(dsn=database.dsn("operator"), password=None)) as pool,
    ):
        url = f"http://127.0.0.1:{receiver.port}/"
        subscribed = await Subscribing(pool, keys_in(KEY_FILE.encode()), egress.check).subscribe(
            unit="drainage", to=url, events=["step_taken", "digest"]
        )
        settings = {"VAULT_KEYS_FILE": str(key_file), "ALLOWED_NETWORKS": LOOPBACK}
        async with running("notify", "notify", database, kafka_server, **settings) as notify:
            await notify.ready()
            await publish(kafka_server, opened, limit, notice)
            # A receiver that did not get to answer within five seconds is tried again after a minute.
            await eventually(lambda: states(database, name) == ["0|sent", "1|none", "2|sent"], within_seconds=150)
            assert notify.end(signal.SIGKILL) != 0

            notify.start()
            await notify.ready()
            await publish(kafka_server, opened, limit, notice)
            # A killed process may not have committed: then the first three come again too, and are repeats as well.
            await eventually(lambda: counted(notify.get("/metrics"), "repeats", at_least=3), within_seconds=60)
            assert notify.end() == 0

    assert states(database, name) == ["0|sent", "1|none", "2|sent"]
    bodies = {Webhook(subscribed.secret or "").verify(one.body, one.headers)["type"] for one in receiver.received}
    assert bodies == {"case.step_taken", "notice.digest"}
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 2


def counted(scrape: str, what: str, *, at_least: int) -> int:
    """Return a counter of notify as soon as it is `at_least`, else 0."""
    lines = [line for line in scrape.splitlines() if line.startswith(f"whistle_notify_{what}_total ")]
    value = sum(int(float(line.split()[-1])) for line in lines)  # nothing where the scrape was not answered
    return value if value >= at_least else 0


def states(database: Database, name: str) -> list[str]:
    return database.run_sql(
        f"select version, state from notify.messages where case_id = '{an_id(name)}' order by version"
    ).split()
