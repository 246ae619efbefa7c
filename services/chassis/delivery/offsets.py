"""Watches the topics' ends: lag for the watchdog, and offsets that fell (a topic made anew), which end the process."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from services.chassis.failures import Die
from services.chassis.metrics import Progress
from services.chassis.outages import Outages

LOOK_SECONDS: Final = 5.0
ASK_SECONDS_MAX: Final = 10.0

_log = structlog.get_logger("whistle.offsets")


class OffsetRegressionError(RuntimeError):
    """A position lies behind the topic's end: the topic was made anew, and its first records would be skipped."""


@dataclass(slots=True)
class Ends:
    """Compares positions with the broker's ends.

    At the first look a position beyond the end is moved to the beginning (this process has read nothing yet); later it
    ends the process, whose client remembers positions that mean nothing any more.
    """

    consumer: Any
    progress: Progress
    outages: Outages
    tail: bool = False

    async def look(self) -> None:
        """Note every assigned partition's end.

        Raises:
            OffsetRegressionError: an end fell below a position reached here.
        """
        partitions = list(self.consumer.assignment())
        if not partitions:
            await self._look_without_partitions()
            return
        # Positions move while the broker answers: what was reached before the question must lie before the answer.
        reached = dict(self.progress.positions)
        async with asyncio.timeout(ASK_SECONDS_MAX):
            ends = await self.consumer.end_offsets(partitions)
            for partition, end in ends.items():
                await self._compare(partition, reached.get((partition.topic, partition.partition)), end)
        self.outages.end("broker")

    async def _look_without_partitions(self) -> None:
        """An outage ends for a member without partitions too: what waits for it must not wait for a rebalance."""
        if "broker" in self.outages.names:
            async with asyncio.timeout(ASK_SECONDS_MAX):
                await self.consumer.topics()
            self.outages.end("broker")

    async def _compare(self, partition: TopicPartition, reached: int | None, end: int) -> None:
        if reached is None:
            await self._begin(partition, end)
        elif reached > end:
            raise OffsetRegressionError(f"{partition.topic}/{partition.partition} ends at {end}, reached {reached}")
        self.progress.ends_at(partition.topic, partition.partition, end)

    async def _begin(self, partition: TopicPartition, end: int) -> None:
        committed = end if self.tail else await self.consumer.committed(partition)
        if committed is not None and committed > end:
            _log.error("committed beyond the end: reading from the beginning", place=str(partition), end=end)
            await self.consumer.seek_to_beginning(partition)
            committed = None
        if committed is None:
            committed = (await self.consumer.beginning_offsets([partition]))[partition]
        self.progress.starts_at(partition.topic, partition.partition, committed)


async def watch_ends(ends: Ends, end: Die) -> None:
    """Look again and again; an answer that does not come is a named outage, a fall ends the process."""
    while True:
        try:
            await ends.look()
        except (KafkaError, OSError, TimeoutError) as error:
            ends.outages.begin("broker")
            _log.info("ends unknown", error=repr(error)[:200])
        except IllegalStateError:
            pass  # a partition went away between two calls
        except OffsetRegressionError as error:
            end(error)
        await asyncio.sleep(LOOK_SECONDS if ends.consumer.assignment() else 0.5)
