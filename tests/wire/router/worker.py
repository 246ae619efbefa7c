"""A router as a process of its own, and what it publishes."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.embedded.kafka import Kafka
from services.contracts.codec import decode, encode, headers_of, key_of
from services.contracts.events import CaseDispatched, Event
from tests.environment.database import Database
from tests.environment.process import Process, known_as


def worker(kafka: Kafka, database: Database) -> Process:
    """Return a router that is not started yet."""
    return Process("router", {**known_as("router", database), "KAFKA_BROKERS": kafka.address})


def running(kafka: Kafka, database: Database) -> AbstractContextManager[Process]:
    """Run a router until the block is left."""
    return worker(kafka, database).running()


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
