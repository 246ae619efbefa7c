"""Partitions that come and go: what is in hand is finished and committed before another member takes it."""

from collections.abc import Iterable
from typing import Any, Protocol

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition

_log = structlog.get_logger("whistle.pump")


class HandsOver(Protocol):
    """A pump."""

    assigned: bool

    async def hand_over(self, consumer: Any, revoked: Iterable[TopicPartition]) -> None: ...


class HandOver(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Tells the pump when partitions come and go."""

    def __init__(self, pump: HandsOver, consumer: Any) -> None:
        self._pump = pump
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._pump.assigned = False
        await self._pump.hand_over(self._consumer, revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        _log.info("partitions assigned", count=len(list(assigned)))
        self._pump.assigned = True
