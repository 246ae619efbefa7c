"""FLOW's topics, as Kafka is asked for them."""

from datetime import timedelta

from services.chassis.delivery.topics import Topic
from services.contracts.flow import FLOW, RECORD_BYTES_MAX


def topics_of_flow() -> list[Topic]:
    """Return every topic the flow declares."""
    return [
        Topic(
            name=hop.topic,
            partitions=hop.partitions,
            retention=timedelta(days=hop.retention_days),
            record_bytes_max=RECORD_BYTES_MAX,
        )
        for hop in FLOW
    ]
