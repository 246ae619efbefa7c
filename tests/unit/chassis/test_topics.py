"""Asking Kafka's cluster while it may name no controller and no broker."""

from typing import Any

import pytest
from aiokafka.errors import InvalidReplicationFactorError, KafkaConnectionError, KafkaError, NodeNotReadyError

from services.chassis.delivery import topics
from services.chassis.delivery.topics import ask_cluster


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
    monkeypatch.setattr(topics, "CLUSTER_SECONDS_MAX", 0.04)
    monkeypatch.setattr(topics, "CLUSTER_SECONDS_BETWEEN", 0.01)


async def test_a_controller_that_is_not_known_yet_is_asked_again() -> None:
    assert await ask_cluster(Cluster(known_at=3).ask) == "1"


async def test_a_cluster_without_a_controller_is_an_error_of_kafka() -> None:
    with pytest.raises(KafkaConnectionError, match="names no controller"):
        await ask_cluster(Cluster(known_at=99).ask)


@pytest.mark.parametrize("answer", [NodeNotReadyError, InvalidReplicationFactorError])
async def test_a_broker_whose_heartbeats_stayed_away_is_asked_again(answer: type[KafkaError]) -> None:
    answers = iter([answer("nobody"), answer("nobody")])

    async def ask() -> str:
        for error in answers:
            raise error
        return "there"

    assert await ask_cluster(ask) == "there"


async def test_a_cluster_without_a_broker_is_the_error_kafka_gave() -> None:
    async def ask() -> None:
        raise NodeNotReadyError("nobody")

    with pytest.raises(NodeNotReadyError, match="nobody"):
        await ask_cluster(ask)


async def test_a_defect_of_ours_is_not_taken_for_a_missing_controller() -> None:
    async def defect() -> None:
        nothing: Any = None
        nothing.topic_errors  # noqa: B018 -- reading it is the defect

    with pytest.raises(AttributeError, match="topic_errors"):
        await ask_cluster(defect)
