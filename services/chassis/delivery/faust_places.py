"""Where a Faust app's topics end and what its group has committed, asked by a client of its own."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.chassis.delivery.kafka_consumer import let_go
from services.chassis.delivery.offsets import OffsetRegressionError
from services.chassis.settings import KafkaSettings

CALL_SECONDS_MAX: Final = 10.0

_log = structlog.get_logger("whistle.pump")


class TopicMissingError(OSError):
    """A topic to read does not exist yet; an outage, hence transient."""


class FaustPlaces:
    """Answers what `Ends` asks of a consumer. Never joins the group."""

    def __init__(self, app: Any, settings: KafkaSettings, topics: Sequence[str]) -> None:
        self._app = app
        self._settings = settings
        self._topics = topics
        self._client: Any = None

    async def start(self) -> None:
        """Connect, see that the topics exist, and put right a committed offset beyond a topic's end."""
        if self._client is None:
            client = AIOKafkaConsumer(
                bootstrap_servers=self._settings.brokers,
                client_id=f"{self._settings.instance_id}-ends",
                group_id=self._settings.service,
                enable_auto_commit=False,
                request_timeout_ms=int(CALL_SECONDS_MAX * 1000),
            )
            try:
                async with asyncio.timeout(CALL_SECONDS_MAX):
                    await client.start()
            except BaseException:
                await let_go(client)
                raise
            self._client = client
        await self._rewind(await self._partitions())

    async def stop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await let_go(client)

    def assignment(self) -> set[TopicPartition]:
        consumer = self._app.consumer
        return {TopicPartition(*place) for place in consumer.assignment()} if consumer is not None else set()

    async def topics(self) -> set[str]:
        """Return the broker's topics, asked anew."""
        topics: set[str] = await self._client.topics()
        return topics

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        ends: dict[TopicPartition, int] = await self._client.end_offsets(list(partitions))
        return ends

    async def beginning_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        beginnings: dict[TopicPartition, int] = await self._client.beginning_offsets(list(partitions))
        return beginnings

    async def committed(self, partition: TopicPartition) -> int | None:
        offset: int | None = await self._client.committed(partition)
        return offset

    async def seek_to_beginning(self, partition: TopicPartition) -> None:
        """Not while Faust runs: it remembers positions. The process ends instead and begins anew."""
        raise OffsetRegressionError(f"{partition} was committed beyond its end")

    async def _partitions(self) -> list[TopicPartition]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.brokers)
        async with asyncio.timeout(CALL_SECONDS_MAX):
            await admin.start()
            try:
                described = await admin.describe_topics(list(self._topics))
            finally:
                await admin.close()
        missing = [topic["topic"] for topic in described if topic["error_code"]]
        if missing:
            raise TopicMissingError(f"topics missing: {', '.join(missing)}")
        return [TopicPartition(topic["topic"], one["partition"]) for topic in described for one in topic["partitions"]]

    async def _rewind(self, partitions: list[TopicPartition]) -> None:
        """Commit the beginning where the group has committed beyond the end: Faust would drop the first records.

        The broker refuses this while a member of the group is alive or not yet timed out; then it is tried again.
        """
        async with asyncio.timeout(CALL_SECONDS_MAX):
            ends = await self.end_offsets(partitions)
            beyond = [place for place in partitions if (await self.committed(place) or 0) > ends[place]]
            if not beyond:
                return
            _log.error("committed beyond the end: reading from the beginning", places=[str(place) for place in beyond])
            beginnings = await self.beginning_offsets(beyond)
            self._client.assign(beyond)
            self._client.pause(*beyond)
            try:
                await self._client.commit(beginnings)
            except KafkaError as error:
                raise TopicMissingError(f"cannot put committed offsets right yet: {error!r}") from error
            finally:
                self._client.unsubscribe()
