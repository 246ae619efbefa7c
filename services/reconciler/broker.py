"""What the broker says of topics and groups: commits, starts and ends."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.chassis.delivery.topics import Topic, create_missing
from services.chassis.settings import KafkaSettings
from services.reconciler.domain.gate import BrokerView, Place

ASK_SECONDS_MAX: Final = 10.0


class Broker:
    """Asks with clients of its own, made anew after an error."""

    def __init__(self, settings: KafkaSettings, topics: Sequence[Topic], replication: int = 1) -> None:
        self._settings = settings
        self._topics = topics
        self._replication = replication
        self._admin: Any = None
        self._consumer: Any = None

    async def create_missing(self) -> Sequence[str]:
        """Create topics that do not exist; return their names. Raises what Kafka does."""
        async with asyncio.timeout(ASK_SECONDS_MAX):
            await self._start()
            return await create_missing(self._admin, self._topics, self._replication)

    async def view(self, groups: Sequence[str]) -> BrokerView:
        """Return commits, then starts and ends: in this order, see `BrokerView`."""
        async with asyncio.timeout(ASK_SECONDS_MAX):
            await self._start()
            committed = {group: await self._committed(group) for group in groups}
            described = await self._admin.describe_topics([topic.name for topic in self._topics])
            partitions = [
                TopicPartition(topic["topic"], partition["partition"])
                for topic in described
                if not topic["error_code"]
                for partition in topic["partitions"]
            ]
            starts = await self._consumer.beginning_offsets(partitions)
            ends = await self._consumer.end_offsets(partitions)
        return BrokerView(committed, _by_place(starts), _by_place(ends))

    async def close(self) -> None:
        """Let the clients go; the next question makes new ones."""
        admin, consumer, self._admin, self._consumer = self._admin, self._consumer, None, None
        for closing in (consumer.stop() if consumer else None, admin.close() if admin else None):
            if closing is not None:
                try:
                    async with asyncio.timeout(5.0):
                        await closing
                except (KafkaError, OSError, TimeoutError):
                    pass  # it is given up; nothing hangs on it

    async def _start(self) -> None:
        if self._admin is None:
            self._admin = AIOKafkaAdminClient(
                bootstrap_servers=self._settings.brokers, client_id=self._settings.instance_id, request_timeout_ms=8_000
            )
            await self._admin.start()
        if self._consumer is None:
            self._consumer = AIOKafkaConsumer(
                bootstrap_servers=self._settings.brokers,
                client_id=self._settings.instance_id,
                enable_auto_commit=False,
                request_timeout_ms=8_000,
            )
            await self._consumer.start()

    async def _committed(self, group: str) -> dict[Place, int]:
        offsets = await self._admin.list_consumer_group_offsets(group)
        return {(place.topic, place.partition): told.offset for place, told in offsets.items() if told.offset >= 0}


def _by_place(offsets: dict[TopicPartition, int]) -> dict[Place, int]:
    return {(place.topic, place.partition): offset for place, offset in offsets.items()}
