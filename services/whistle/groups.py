"""Consumer groups: where they stand, moving them to the topics' ends, and the epoch that Kafka remembers."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalGenerationError, KafkaError, UnknownMemberIdError
from aiokafka.structs import OffsetAndMetadata

from services.contracts.flow import FLOW
from services.whistle.connecting import kafka_admin, kafka_consumer
from services.whistle.exits import RefusedError

WITHOUT_GROUP: Final = frozenset({"board"})
"""Reads everything from the end, and commits nothing."""
EPOCH_GROUP: Final = "whistle.restores"
"""Nobody consumes by it: its committed metadata remembers restores that the next backup read knows nothing of."""
NEW_BROKER_SECONDS_MAX: Final = 30.0
TICK_SECONDS: Final = 0.1
EPOCH_PLACE: Final = TopicPartition(FLOW[0].topic, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One group's place in one topic, all partitions together. `committed` is None where it never committed."""

    group: str
    topic: str
    lag: int
    never_committed: int


def groups() -> dict[str, list[str]]:
    """Return the topics each consumer group reads."""
    readers = {reader for hop in FLOW for reader in hop.read_by} - WITHOUT_GROUP
    return {reader: [hop.topic for hop in FLOW if reader in hop.read_by] for reader in sorted(readers)}


async def standings(brokers: str) -> list[Standing]:
    """Return where every group stands."""
    found = []
    async with kafka_admin(brokers) as admin, kafka_consumer(brokers) as consumer:
        for group, topics in groups().items():
            for topic in topics:
                places = await _places(admin, [topic])
                ends = await consumer.end_offsets(places)
                done = await committed(admin, group, places)
                begins = await consumer.beginning_offsets(places)
                positions = {place: done[place].offset for place in places}
                lag = sum(ends[at] - (offset if offset >= 0 else begins[at]) for at, offset in positions.items())
                never = sum(offset < 0 for offset in positions.values())
                found.append(Standing(group, topic, lag, never))
    return found


async def begin_at_the_ends(brokers: str) -> list[str]:
    """Commit the topics' ends for every group; return the groups.

    Raises:
        RefusedError: a group still has members: a service runs. Nothing was moved.
    """
    async with kafka_admin(brokers) as admin:
        places = {group: await _places(admin, topics) for group, topics in groups().items()}
        standing = {group: await committed(admin, group, read) for group, read in places.items()}
    for group, done in standing.items():
        # Committing what is committed moves nothing, and Kafka allows it only while nobody is in the group.
        await _commit(brokers, group, {place: known.offset for place, known in done.items() if known.offset >= 0})
    for group, read in places.items():
        async with kafka_consumer(brokers) as consumer:
            ends = await consumer.end_offsets(read)
        await _commit(brokers, group, ends)
    return sorted(places)


async def _commit(brokers: str, group: str, offsets: Mapping[TopicPartition, int]) -> None:
    if not offsets:
        return
    async with kafka_consumer(brokers, group) as consumer:
        consumer.assign(list(offsets))
        try:
            await consumer.commit({place: OffsetAndMetadata(offset, "") for place, offset in offsets.items()})
        except (CommitFailedError, UnknownMemberIdError, IllegalGenerationError) as error:
            raise RefusedError(
                f"{group} still runs; stop every service (Kafka forgets a killed one within a minute)"
            ) from error


async def noted_epoch(brokers: str) -> int:
    """Return the highest epoch a restore noted here; 0 when none did, or so long ago that no topic remembers it."""
    async with kafka_admin(brokers) as admin:
        done = await committed(admin, EPOCH_GROUP, [EPOCH_PLACE])
    noted = done[EPOCH_PLACE].metadata
    return int(noted) if noted and noted.isdigit() else 0


async def note_epoch(brokers: str, epoch: int) -> None:
    """Let Kafka remember that `epoch` was begun."""
    async with kafka_consumer(brokers, EPOCH_GROUP) as consumer:
        consumer.assign([EPOCH_PLACE])
        await consumer.commit({EPOCH_PLACE: OffsetAndMetadata(0, str(epoch))})


async def committed(
    admin: Any, group: str, places: Sequence[TopicPartition], within_seconds: float = NEW_BROKER_SECONDS_MAX
) -> dict[TopicPartition, OffsetAndMetadata]:
    """Return what a group committed; offset -1 where it never did."""
    async with asyncio.timeout(within_seconds):
        while True:
            try:
                found: dict[TopicPartition, OffsetAndMetadata] = await admin.list_consumer_group_offsets(
                    group, partitions=list(places)
                )
            except KafkaError as error:
                # A new broker makes the topic of its offsets when it is first asked.
                if not error.retriable:
                    raise
                await asyncio.sleep(TICK_SECONDS)
            else:
                return {place: found.get(place, OffsetAndMetadata(-1, "")) for place in places}


async def _places(admin: Any, topics: list[str]) -> list[TopicPartition]:
    described = await admin.describe_topics(topics)
    return [TopicPartition(topic["topic"], each["partition"]) for topic in described for each in topic["partitions"]]
