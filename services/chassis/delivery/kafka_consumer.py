"""The aiokafka consumer as this house uses it: no commits of its own, static membership, the watchdog's patience."""

import asyncio
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.chassis.settings import KafkaSettings

_log = structlog.get_logger("whistle.pump")


def new_consumer(settings: KafkaSettings, *, tail: bool, batch_max: int) -> Any:
    """Return a consumer, not yet started; a tail has no group and begins at the ends."""
    group = {} if tail else {"group_id": settings.service, "group_instance_id": settings.instance_id}
    return AIOKafkaConsumer(
        bootstrap_servers=settings.brokers,
        client_id=settings.instance_id,
        enable_auto_commit=False,
        auto_offset_reset="latest" if tail else "earliest",
        max_poll_records=batch_max,
        # The watchdog ends a worker that is stuck; the group must not (a waiting worker is no dead one).
        max_poll_interval_ms=86_400_000,
        session_timeout_ms=15_000,
        heartbeat_interval_ms=3_000,
        rebalance_timeout_ms=30_000,
        request_timeout_ms=20_000,
        metadata_max_age_ms=10_000,
        retry_backoff_ms=100,
        **group,
    )


async def let_go(consumer: Any) -> None:
    """Stop a consumer, not for ever."""
    try:
        async with asyncio.timeout(5.0):
            await consumer.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        _log.warning("consumer left behind", error=repr(error)[:200])
