"""One service as a process, on the session's broker and a database of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.topics import topics_of_flow
from services.contracts.codec import encode, headers_of, key_of
from services.contracts.events import Event
from tests.environment.database import Database
from tests.environment.process import Process, known_as
from tests.environment.topics import make_topics


@asynccontextmanager
async def running(service: str, role: str, database: Database, kafka: Kafka, **settings: str) -> AsyncIterator[Process]:
    """Run the service until the block is left; FLOW's topics exist."""
    await make_topics(kafka.address, topics_of_flow())
    own = {**known_as(role, database), "KAFKA_BROKERS": kafka.address, "INSTANCE": database.name}
    with Process(service, own | settings).running() as process:
        yield process


async def publish(kafka: Kafka, *events: Event) -> None:
    """Send events as a relay does."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.address) as producer:
        for event in events:
            await producer.send_and_wait(event.TYPE, encode(event), key=key_of(event.key), headers=headers_of(event))
