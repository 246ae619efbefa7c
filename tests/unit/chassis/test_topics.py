"""Asking Kafka's controller while the cluster may have none."""

from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from services.chassis.delivery import topics
from services.chassis.delivery.topics import ask_controller


class Cluster:
    """A client's view of a cluster: `controller` appears with the look number `known_at`."""

    def __init__(self, known_at: int) -> None:
        self.known_at = known_at
        self.looks = 0

    async def ask(self) -> str:
        self.looks += 1
        controller: Any = self if self.looks >= self.known_at else None
        return str(controller.nodeId)

    nodeId = 1  # noqa: N815 -- the name aiokafka reads


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "CONTROLLER_SECONDS_MAX", 0.04)
    monkeypatch.setattr(topics, "CONTROLLER_SECONDS_BETWEEN", 0.01)


async def test_a_controller_that_is_not_known_yet_is_asked_again() -> None:
    assert await ask_controller(Cluster(known_at=3).ask) == "1"


async def test_a_cluster_without_a_controller_is_an_error_of_kafka() -> None:
    with pytest.raises(KafkaConnectionError, match="names no controller"):
        await ask_controller(Cluster(known_at=99).ask)


async def test_a_defect_of_ours_is_not_taken_for_a_missing_controller() -> None:
    async def defect() -> None:
        nothing: Any = None
        nothing.topic_errors  # noqa: B018 -- reading it is the defect

    with pytest.raises(AttributeError, match="topic_errors"):
        await ask_controller(defect)
