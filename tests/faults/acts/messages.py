"""Kafka's content: records that nobody can read, a topic that somebody deletes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.delivery.topics import ask_cluster
from tests.faults.ground import Ground
from tests.faults.schedule import Fault
from tests.waiting import eventually

OK: Final = 200
WORKER_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.5
DISCARD: Final = "update delivery.dead_letters set state = 'discarded' where state = 'open'"
BAD: Final = (b"", b"{", b"null", b"\x00\xff\xfe", b'{"case_id": 1}', b"[" * 3_000)
"""Empty, cut off, no object, no text, of wrong types, too deep."""


@asynccontextmanager
async def poison(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Put `how.count` records that can never be read into the topic `how.topic`."""
    async with AIOKafkaProducer(bootstrap_servers=ground.system.kafka.address, enable_idempotence=True) as producer:
        for number in range(fault.how["count"]):
            partition = fault.how.get("partition", number % 8)
            await producer.send(fault.how["topic"], BAD[number % len(BAD)], partition=partition)
        await producer.flush()
    yield


@asynccontextmanager
async def no_topic(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Delete the topic `how.topic`, as an operator might by mistake."""
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.system.kafka.address)
    await admin.start()
    try:
        await ask_cluster(lambda: admin.delete_topics([fault.how["topic"]]))
    finally:
        await admin.close()
    yield


@asynccontextmanager
async def operator(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Wait until a worker has stopped at too much bad data; then somebody looks and discards it, while this lasts."""
    before = ground.system.restarts(fault.whom)
    await eventually(lambda: ground.system.restarts(fault.whom) > before, within_seconds=WORKER_SECONDS)
    ground.seen["unready"] = await eventually(partial(_is_unready, ground, fault.whom), within_seconds=WORKER_SECONDS)
    discarding = asyncio.create_task(_keep_discarding(ground))
    try:
        yield
    finally:
        discarding.cancel()
        await asyncio.wait([discarding])


async def _is_unready(ground: Ground, name: str) -> bool:
    return await ground.ready(name) != OK


async def _keep_discarding(ground: Ground) -> None:
    while True:
        await ground.ask(DISCARD)
        await asyncio.sleep(LOOK_SECONDS)
