"""What a member of a group asks the real broker while it has no partitions."""

import shutil
from typing import Any

import pytest
from aiokafka import TopicPartition
from prometheus_client import CollectorRegistry

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.faust_app import worker_app
from services.chassis.delivery.faust_places import FaustPlaces
from services.chassis.delivery.offsets import Ends
from services.chassis.metrics import Progress
from services.chassis.outages import Outages
from services.chassis.settings import KafkaSettings
from tests.environment.topics import create_topics, unique

pytestmark = [pytest.mark.kafka]


class WithoutPartitions(FaustPlaces):
    """Of a member that a rebalance left with nothing."""

    def assignment(self) -> set[TopicPartition]:
        return set()


async def test_a_broker_that_answers_ends_its_outage_also_for_a_member_without_partitions(kafka_server: Kafka) -> None:
    topic = unique("read")
    await create_topics(kafka_server.address, [topic], partitions=3)
    settings = KafkaSettings(brokers=kafka_server.address, service=unique("probe"), instance="a")
    app: Any = worker_app(settings.service, settings)
    places = WithoutPartitions(app, settings, [topic])
    registry = CollectorRegistry()
    outages = Outages(registry, "probe")
    outages.begin("broker")
    await places.start()
    try:
        await Ends(places, Progress(registry, "probe"), outages).look()
    finally:
        await places.stop()
        shutil.rmtree(str(app.conf.datadir), ignore_errors=True)

    assert outages.names == ()
