"""When the topics carried a case: its records, found by key in the one partition of each topic that can hold them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from aiokafka import TopicPartition

from services.chassis.delivery.producer import partition_of
from services.contracts.codec import key_of
from services.contracts.flow import FLOW
from services.whistle.connecting import kafka_admin, kafka_consumer

BEFORE: Final = timedelta(minutes=5)
"""Clocks of brokers and databases differ a little."""
FETCH_MILLISECONDS: Final = 500


@dataclass(frozen=True, slots=True)
class Passage:
    """One record of the case. `at` is when its producer wrote it, by real time."""

    topic: str
    partition: int
    offset: int
    at: datetime
    event_id: str


@dataclass(frozen=True, slots=True)
class Passages:
    """What was found, and whether every record that may be there was looked at."""

    found: tuple[Passage, ...] = ()
    complete: bool = True
    trouble: str = ""


async def passages_of(brokers: str, case_id: UUID, since: datetime | None, seconds_max: float) -> Passages:
    """Return the case's records in FLOW's topics.

    Args:
        brokers: Kafka's addresses.
        case_id: the key of its records.
        since: read from shortly before this real instant on; None: from the beginning.
        seconds_max: stop looking after so long.
    """
    found: list[Passage] = []
    try:
        async with asyncio.timeout(seconds_max), kafka_consumer(brokers) as consumer:
            ends = await _ends(consumer, await _places(brokers, case_id), since)
            await _read(consumer, key_of(case_id), ends, found)
    except TimeoutError:
        return Passages(_sorted(found), complete=False, trouble=f"not all read within {seconds_max:g} s")
    return Passages(_sorted(found))


async def _ends(consumer: Any, places: list[TopicPartition], since: datetime | None) -> dict[TopicPartition, int]:
    """Seek every partition to where the case may begin; return where those end that hold anything."""
    consumer.assign(places)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
    begins: dict[TopicPartition, int] = await consumer.beginning_offsets(places)
    if since is not None:
        instant = int((since - BEFORE).timestamp() * 1000)
        later = await consumer.offsets_for_times(dict.fromkeys(places, instant))
        begins = {place: found.offset if found else ends[place] for place, found in later.items()}
    for place in places:
        consumer.seek(place, begins[place])
    return {place: end for place, end in ends.items() if begins[place] < end}


async def _places(brokers: str, case_id: UUID) -> list[TopicPartition]:
    """Return the partition of each topic that holds the case, as the producers choose it."""
    topics = [hop.topic for hop in FLOW if hop.key == "case_id"]
    async with kafka_admin(brokers) as admin:
        described = await admin.describe_topics(topics)
    counts = {topic["topic"]: len(topic["partitions"]) for topic in described}
    key = key_of(case_id)
    return [TopicPartition(topic, partition_of(key, count)) for topic, count in counts.items() if count]


async def _read(consumer: Any, key: bytes, ends: dict[TopicPartition, int], found: list[Passage]) -> None:
    left = dict(ends)
    while left:
        batches = await consumer.getmany(*left, timeout_ms=FETCH_MILLISECONDS, max_records=5_000)
        for records in batches.values():
            found += [_passage(record) for record in records if record.key == key]
        # The position, not the last record: an end may lie behind records that no reader is shown.
        left = {place: end for place, end in left.items() if await consumer.position(place) < end}


def _passage(record: Any) -> Passage:
    ids = [value.decode("ascii", "replace") for name, value in record.headers if name == "ce_id"]
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return Passage(record.topic, record.partition, record.offset, at, ids[0] if ids else "")


def _sorted(found: list[Passage]) -> tuple[Passage, ...]:
    return tuple(sorted(found, key=lambda passage: (passage.at, passage.topic, passage.offset)))
