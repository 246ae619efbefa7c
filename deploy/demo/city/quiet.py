"""When the city is quiet: nothing in flight, nothing pending, nothing owed; only then may time jump (design §8)."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.contracts.flow import FLOW

QUIET_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.01
PENDING: Final = """
    select exists (select from intake.pending) or exists (select from ledger.pending)
        or exists (select from ledger.clocks where next_at <= (select clock.now()))
        or exists (select from ledger.schedules where settled_at is null and next_at <= (select clock.now()))
        or ledger.comparison_is_owed()
"""
_POSITION: Final = re.compile(
    r'^whistle_(?P<service>\w+?)_processed_position\{(?=[^}]*topic="(?P<topic>[^"]+)")'
    r'(?=[^}]*partition="(?P<partition>\d+)")[^}]*\} (?P<position>[0-9.e+]+)$',
    re.MULTILINE,
)

Ends = Mapping[TopicPartition, int]


class NeverQuietError(RuntimeError):
    """The city did not come to rest; the message says what was still moving."""


@dataclass(slots=True)
class Quiet:
    """Looks whether the city rests: pending tables and owed steps, then positions against the topics' ends."""

    connection: Any
    consumer: AIOKafkaConsumer
    """Assigned nothing: behind a fetch that waits for records, its questions would wait too."""
    http: httpx2.AsyncClient
    workers: Mapping[str, str]
    """Address of each worker that reads topics, by service."""
    seconds_max: float = QUIET_SECONDS_MAX
    moving: str = field(default="", init=False)

    async def wait(self) -> None:
        """Return when the city is quiet.

        Raises:
            NeverQuietError: it is not within `seconds_max`.
        """
        deadline = time.monotonic() + self.seconds_max
        while not await self._is_quiet():
            if time.monotonic() > deadline:
                raise NeverQuietError(f"still moving after {self.seconds_max:g} s: {self.moving}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_quiet(self) -> bool:
        if await self._something_pending():
            return False
        ends = await self.ends(all_partitions())
        if not await self._all_processed(ends):
            return False
        if await self._something_pending():
            return False
        self.moving = "the topics' ends"
        return await self.ends(all_partitions()) == ends

    async def _something_pending(self) -> bool:
        self.moving = "rows that are pending, steps that are owed, or cases not compared yet"
        return bool(await self.connection.fetchval(PENDING))

    async def ends(self, partitions: Sequence[TopicPartition]) -> Ends:
        """Return where the partitions end now."""
        ends: Ends = await self.consumer.end_offsets(partitions)
        return ends

    async def _all_processed(self, ends: Ends) -> bool:
        for service, address in self.workers.items():
            positions = await self._positions(address)
            for hop in FLOW:
                if service not in hop.read_by:
                    continue
                for partition in range(hop.partitions):
                    end = ends[TopicPartition(hop.topic, partition)]
                    if end and positions.get((hop.topic, partition), 0) < end:
                        self.moving = f"{service} at {hop.topic}/{partition}"
                        return False
        return True

    async def _positions(self, address: str) -> dict[tuple[str, int], float]:
        try:
            answer = await self.http.get(f"{address}/metrics")
        except (httpx2.HTTPError, OSError):
            return {}  # it is starting again: nothing is processed as far as anybody can tell
        found = _POSITION.finditer(answer.text)
        return {(each["topic"], int(each["partition"])): float(each["position"]) for each in found}


def all_partitions() -> list[TopicPartition]:
    """Return every partition of the flow."""
    return [TopicPartition(hop.topic, partition) for hop in FLOW for partition in range(hop.partitions)]
