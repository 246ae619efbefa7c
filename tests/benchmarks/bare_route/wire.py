"""What crosses the bare route's wire, and the one way to send it."""

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from aiokafka import AIOKafkaProducer

RECEIVED: Final = "bare.report.received"
DISPATCHED: Final = "bare.case.dispatched"
PROGRESSED: Final = "bare.case.progressed"
TOPICS: Final = (RECEIVED, DISPATCHED, PROGRESSED)
PARTITIONS: Final = 8
BATCH_MAX: Final = 500


class Received(msgspec.Struct):
    report_id: UUID
    accepted_at: datetime
    report: msgspec.Raw


class Dispatched(msgspec.Struct):
    lead: str
    cooperating: str
    received: msgspec.Raw


class Progressed(msgspec.Struct):
    case_id: UUID
    version: int
    decision: msgspec.Raw


encode: Final = msgspec.json.Encoder().encode


async def started_producer(brokers: str) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers, acks="all", enable_idempotence=True, max_batch_size=512 * 1024
    )
    await producer.start()
    return producer


async def send_all(producer: Any, topic: str, records: Sequence[tuple[bytes, bytes]]) -> None:
    """Send (key, value) pairs; return when the broker has confirmed all of them."""
    builders: dict[int, Any] = defaultdict(producer.create_batch)
    for key, value in records:
        headers = [("ce_id", key), ("ce_type", topic.encode()), ("content-type", b"application/json")]
        added = builders[zlib.crc32(key) % PARTITIONS].append(key=key, value=value, timestamp=None, headers=headers)
        if added is None:
            raise OverflowError("the bare route sends batches that fit")
    await asyncio.gather(
        *[await producer.send_batch(builder, topic, partition=number) for number, builder in builders.items()]
    )
