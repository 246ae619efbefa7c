"""A router as a process of its own, and what it publishes."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from services.contracts.codec import decode, encode, headers_of, key_of
from services.contracts.events import CaseDispatched, Event
from services.contracts.flow import FLOW
from tests.environment.database import Database


@dataclass(slots=True)
class Worker:
    """`python -m services.router` with its settings from the environment."""

    kafka: Kafka
    database: Database
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "WHISTLE_ROUTER_POSTGRES_DSN": self.database.dsn_without_password("router"),
            "WHISTLE_ROUTER_POSTGRES_PASSWORD_FILE": str(self.database.password_file("router")),
            "WHISTLE_ROUTER_KAFKA_BROKERS": self.kafka.address,
            "WHISTLE_ROUTER_PORT": str(self.port),
        }
        self.process = subprocess.Popen([sys.executable, "-m", "services.router"], env=environment)

    def end(self, number: signal.Signals) -> int:
        """Send the signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def readiness(self) -> str:
        """Return what /readyz says in words, or why it does not answer."""
        return self._get("/readyz?verbose")

    def metrics(self) -> str:
        return self._get("/metrics")

    def _get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:
            return repr(error)


@contextmanager
def running(kafka: Kafka, database: Database) -> Iterator[Worker]:
    worker = Worker(kafka, database)
    worker.start()
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            worker.end(signal.SIGKILL)


async def make_topics(kafka: Kafka) -> None:
    """Make every topic of the flow that does not exist yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        for hop in FLOW:
            with suppress(TopicAlreadyExistsError):
                await admin.create_topics([NewTopic(hop.topic, hop.partitions, 1)])
    finally:
        await admin.close()


async def send(kafka: Kafka, *events: Event, raw: Sequence[tuple[str, bytes]] = ()) -> None:
    """Send the events to their topics, then `raw` values to the topics named."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.address, acks="all")
    await producer.start()
    try:
        for event in events:
            await producer.send(event.TYPE, encode(event), key=key_of(event.key), headers=headers_of(event))
        await producer.flush()
        for topic, value in raw:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


class Decisions:
    """Everything on case.dispatched.v1 so far."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self.records: list[Any] = []

    async def of(self, case_id: UUID) -> list[CaseDispatched]:
        """Return the decisions on a case, in order, repeats included."""
        for records in (await self._consumer.getmany(timeout_ms=10)).values():
            self.records.extend(records)
        mine = [record for record in self.records if record.key == key_of(case_id)]
        return [decode(record.value, CaseDispatched) for record in mine]


def consumer_of_decisions(kafka: Kafka) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(CaseDispatched.TYPE, bootstrap_servers=kafka.address, auto_offset_reset="earliest")
