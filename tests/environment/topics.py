"""Topics for one test: real broker, names nobody else uses."""

import itertools
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.delivery.topics import Topic, create_missing
from services.contracts.flow import RECORD_BYTES_MAX

_serial: Final = itertools.count(1)


def unique(name: str) -> str:
    """Return `name` with an ending that no other test uses; good for topics and for groups."""
    return f"{name}.{os.getpid()}-{next(_serial)}"


async def create_topics(brokers: str, names: Iterable[str], *, partitions: int = 1) -> None:
    """Create topics on the broker at `brokers`; returns when they exist."""
    day = timedelta(days=1)
    await make_topics(
        brokers,
        [Topic(name=name, partitions=partitions, retention=day, record_bytes_max=RECORD_BYTES_MAX) for name in names],
    )


async def make_topics(brokers: str, topics: Sequence[Topic]) -> None:
    """Create those of `topics` that do not exist yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await create_missing(admin, topics)
    finally:
        await admin.close()
