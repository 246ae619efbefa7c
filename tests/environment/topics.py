"""Topics for one test: real broker, names nobody else uses."""

import itertools
import os
from collections.abc import Iterable
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

_serial: Final = itertools.count(1)


def unique(name: str) -> str:
    """Return `name` with an ending that no other test uses; good for topics and for groups."""
    return f"{name}.{os.getpid()}-{next(_serial)}"


async def create_topics(brokers: str, names: Iterable[str], *, partitions: int = 1) -> None:
    """Create topics on the broker at `brokers`; returns when they exist."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
    finally:
        await admin.close()
