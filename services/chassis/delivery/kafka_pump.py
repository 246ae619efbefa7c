"""The aiokafka pump: fetches batches, finishes them, and only then commits."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.delivery.batch import BatchHandler, Message
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.hand_over import HandOver
from services.chassis.delivery.kafka_consumer import let_go, new_consumer
from services.chassis.delivery.offsets import Ends, watch_ends
from services.chassis.delivery.resting import rest_after
from services.chassis.failures import Die, die
from services.chassis.metrics import Progress
from services.chassis.outages import Outages, retry_transient
from services.chassis.settings import KafkaSettings

E = TypeVar("E")

POLL_MILLISECONDS: Final = 250
CALL_SECONDS_MAX: Final = 15.0
HAND_OVER_SECONDS_MAX: Final = 20.0
COMMIT_EVERY_SECONDS: Final = 0.25
"""A commit costs as much as some ten records; one that was not made yet only means that records come again."""

_log = structlog.get_logger("whistle.pump")


class Pace(NamedTuple):
    """How many records a batch may hold, and the least rest after one not half full: longer where nobody waits."""

    batch_max: int = 500
    rest_seconds: float = 0.01


@dataclass(frozen=True, slots=True)
class Reading(Generic[E]):
    """One topic: what its records are and who handles them."""

    topic: str
    event_type: type[E]
    handle: BatchHandler[E]


class KafkaPump:
    """Reads topics for one service. Crash-only: what `Finishing` raises ends the process, nothing is committed.

    With `tail` every instance reads all partitions from their ends, without a group and without commits.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        finishing: Finishing,
        progress: Progress,
        *,
        tail: bool = False,
        pace: Pace = Pace(),  # noqa: B008 -- immutable
        end: Die = die,
    ) -> None:
        self._settings = settings
        self._finishing = finishing
        self._progress = progress
        self._outages: Outages = finishing.outages
        self._tail = tail
        self._pace = pace
        self._end = end
        self._readings: dict[str, Reading[Any]] = {}
        self._stopping = asyncio.Event()
        self._working = asyncio.Lock()
        self._done: dict[TopicPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self.assigned = False

    def read(self, topic: str, event_type: type[E], handle: BatchHandler[E]) -> None:
        """Give the events of `topic` to `handle`; before `run`."""
        self._readings[topic] = Reading(topic, event_type, handle)

    async def ready(self) -> str | None:
        """Readiness: partitions are assigned, or the group has given this member none."""
        return None if self.assigned else "no partitions assigned yet"

    async def stop(self) -> None:
        """Return from `run` after the batch in hand, with everything done committed."""
        self._stopping.set()

    async def run(self) -> None:
        """Read, finish, commit; returns only after `stop`. Whatever is unexpected ends the process."""
        consumer = await self._started()
        if consumer is None:
            return
        ends = Ends(consumer, self._progress, self._outages, tail=self._tail)
        watching = asyncio.create_task(watch_ends(ends, self._end), name="ends")
        try:
            while not self._stopping.is_set():
                await self._turn(consumer)
            await self._commit_all(consumer)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and self._stopping.is_set():
                raise
            self._end(error)
        finally:
            watching.cancel()
            await let_go(consumer)

    async def _turn(self, consumer: Any) -> None:
        records = await consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=self._pace.batch_max)
        if not records:
            self._progress.tick()
            return
        began = time.monotonic()
        async with self._working:
            for topic, messages in _by_topic(records).items():
                reading = self._readings[topic]
                await self._finishing.finish(messages, reading.event_type, reading.handle)
            for partition, taken in records.items():
                following = taken[-1].offset + 1
                self._progress.processed(partition.topic, partition.partition, following)
                self._done[partition] = following
        if not self._tail:
            self._commit_soon(consumer)
        if 2 * sum(map(len, records.values())) < self._pace.batch_max:
            await asyncio.sleep(rest_after(time.monotonic() - began, self._pace.rest_seconds))

    def _commit_soon(self, consumer: Any) -> None:
        # One commit at a time, beside the next batches.
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_safely(consumer), name="commit")

    async def _commit_safely(self, consumer: Any) -> None:
        try:
            while self._done:
                await asyncio.sleep(COMMIT_EVERY_SECONDS)
                await self._commit(consumer)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                raise
            self._end(error)

    async def _commit(self, consumer: Any) -> None:
        assignment = consumer.assignment()
        done, self._done = {p: o for p, o in self._done.items() if p in assignment}, {}
        if not done or self._tail:  # without a group there is nothing to commit, also at the end
            return
        try:
            async with asyncio.timeout(CALL_SECONDS_MAX):
                await consumer.commit(done)
        except (KafkaError, OSError, TimeoutError) as error:
            _log.info("not committed; the batch may come again", error=repr(error)[:200])
            self._done = done | self._done

    async def _commit_all(self, consumer: Any) -> None:
        if self._committing is not None:
            await asyncio.wait([self._committing], timeout=CALL_SECONDS_MAX)
        await self._commit(consumer)

    async def _started(self) -> Any:
        """Return a started consumer; waits while the broker is away. None when told to stop meanwhile."""

        async def start() -> Any:
            if self._stopping.is_set():
                return None
            consumer = new_consumer(self._settings, tail=self._tail, batch_max=self._pace.batch_max)
            try:
                async with asyncio.timeout(CALL_SECONDS_MAX):
                    await consumer.start()
            except BaseException:
                await let_go(consumer)
                raise
            consumer.subscribe(list(self._readings), listener=HandOver(self, consumer))
            # Without a group aiokafka assigns every partition itself and tells no listener.
            self.assigned = self._tail
            return consumer

        return await retry_transient(start, self._outages, name="kafka")

    async def hand_over(self, consumer: Any, revoked: Iterable[TopicPartition]) -> None:
        """Finish and commit the batch in hand before partitions go to another member; not for ever."""
        try:
            async with asyncio.timeout(HAND_OVER_SECONDS_MAX), self._working:
                await self._commit_all(consumer)
        except TimeoutError:
            _log.warning("partitions go while a batch is in hand; it may be done twice")
        for partition in revoked:
            self._progress.forget(partition.topic, partition.partition)
            self._done.pop(partition, None)


def _by_topic(records: dict[TopicPartition, list[Message]]) -> dict[str, list[Message]]:
    topics: dict[str, list[Message]] = {}
    for partition, taken in records.items():
        topics.setdefault(partition.topic, []).extend(taken)
    return topics
