"""Making Kafka's topics as FLOW declares them: by name, partitions and retention, whatever they carry."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidReplicationFactorError,
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    TopicAlreadyExistsError,
    for_code,
)

from services.contracts.flow import FLOW, RECORD_BYTES_MAX

OVERHEAD_BYTES: Final = 64 * 1024
"""Keys, headers and the batch around the largest record."""

CLUSTER_SECONDS_MAX: Final = 10.0
CLUSTER_SECONDS_BETWEEN: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic as declared."""

    name: str
    partitions: int
    retention: timedelta
    record_bytes_max: int

    def configs(self, replication: int) -> dict[str, str]:
        """Return the topic's settings, as Kafka names them; with `replication` copies one may be away."""
        return {
            "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            "max.message.bytes": str(self.record_bytes_max + OVERHEAD_BYTES),
            "cleanup.policy": "delete",
            "min.insync.replicas": str(max(1, replication - 1)),
        }


def topics_of_flow() -> list[Topic]:
    """Return every topic the flow declares, in its order."""
    return [
        Topic(
            name=hop.topic,
            partitions=hop.partitions,
            retention=timedelta(days=hop.retention_days),
            record_bytes_max=RECORD_BYTES_MAX,
        )
        for hop in FLOW
    ]


async def create_missing(admin: AIOKafkaAdminClient, topics: Sequence[Topic], replication: int = 1) -> Sequence[str]:
    """Create topics that do not exist and return their names; those that exist are left as they are.

    Args:
        admin: a started client.
        topics: what there should be.
        replication: copies of each partition.

    Raises:
        KafkaError: the broker refused; topics before the refused one may have been created.
    """
    existing = set(await ask_cluster(admin.list_topics))
    missing = [topic for topic in topics if topic.name not in existing]
    if not missing:
        return ()
    wanted = [
        NewTopic(topic.name, topic.partitions, replication, topic_configs=topic.configs(replication))
        for topic in missing
    ]

    async def create() -> None:
        raise_refusals((await admin.create_topics(wanted)).topic_errors)

    await ask_cluster(create)
    return [topic.name for topic in missing]


async def ask_cluster(question: Callable[[], Awaitable[Any]]) -> Any:
    """Return the cluster's answer; while it names no controller or no broker, put the question again.

    A broker whose heartbeats stay away, as on a machine that stood still for seconds, is in nobody's view until the
    next one comes.

    Raises:
        KafkaError: it was refused, or none was named for CLUSTER_SECONDS_MAX.
    """
    nobody: KafkaError = KafkaConnectionError("the cluster names no controller")
    for _ in range(int(CLUSTER_SECONDS_MAX / CLUSTER_SECONDS_BETWEEN)):
        try:
            return await question()
        except AttributeError as unknown:
            # aiokafka 0.14 reads the id of a controller that its look at the cluster did not bring.
            if unknown.name != "nodeId":
                raise
        except (NodeNotReadyError, InvalidReplicationFactorError) as nobody_there:
            nobody = nobody_there
        await asyncio.sleep(CLUSTER_SECONDS_BETWEEN)
    raise nobody


def raise_refusals(errors: Sequence[tuple[Any, ...]]) -> None:
    """Raise the first refusal among an admin client's answers; that a topic exists already is none."""
    for topic, code, *message in errors:
        if code not in {0, TopicAlreadyExistsError.errno}:
            raise for_code(code)(f"{topic}: {' '.join(filter(None, map(str, message)))}")
