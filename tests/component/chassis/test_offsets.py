"""The guard against offsets that fell: a topic made anew must not be half read."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry

from services.chassis.delivery.offsets import Ends, OffsetRegressionError
from services.chassis.metrics import Progress
from services.chassis.outages import Outages

PLACE = TopicPartition("said", 0)


@dataclass
class Consumer:
    """A consumer of one partition, and the broker behind it."""

    end: int = 10
    kept: int | None = None
    beginning: int = 0
    rewound: bool = False
    places: frozenset[TopicPartition] = frozenset({PLACE})
    is_away: bool = False
    while_asking: Callable[[], None] = field(default=lambda: None)

    def assignment(self) -> set[TopicPartition]:
        return {*self.places}

    async def topics(self) -> set[str]:
        if self.is_away:
            raise KafkaConnectionError
        return {PLACE.topic}

    async def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        ends = dict.fromkeys(places, self.end)
        self.while_asking()
        return ends

    async def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self.beginning)

    async def committed(self, place: TopicPartition) -> int | None:
        del place
        return self.kept

    async def seek_to_beginning(self, place: TopicPartition) -> None:
        del place
        self.rewound = True


def ends_of(consumer: Consumer, *, tail: bool = False) -> Ends:
    registry = CollectorRegistry()
    return Ends(consumer, Progress(registry, "probe"), Outages(registry, "probe"), tail=tail)


async def test_an_end_below_what_was_reached_ends_the_process() -> None:
    ends = ends_of(Consumer(end=3))
    ends.progress.processed("said", 0, 4)

    with pytest.raises(OffsetRegressionError, match="said/0 ends at 3, reached 4"):
        await ends.look()


async def test_an_end_reached_while_the_broker_answered_is_no_fall() -> None:
    consumer = Consumer(end=3)
    ends = ends_of(consumer)
    ends.progress.processed("said", 0, 3)
    consumer.while_asking = lambda: ends.progress.processed("said", 0, 5)

    await ends.look()

    assert ends.progress.lag == 0


async def test_at_the_start_a_commit_beyond_the_end_means_from_the_beginning() -> None:
    consumer = Consumer(end=3, kept=1_000)
    ends = ends_of(consumer)

    await ends.look()

    assert consumer.rewound
    assert ends.progress.lag == 3


@pytest.mark.parametrize(
    ("kept", "beginning", "tail", "lag"),
    [
        pytest.param(7, 0, False, 3, id="what-was-committed-is-done"),
        pytest.param(None, 4, False, 6, id="nothing-committed-begins-at-the-beginning"),
        pytest.param(None, 0, True, 0, id="a-tail-begins-at-the-end"),
    ],
)
async def test_lag_is_known_before_anything_was_read(kept: int | None, beginning: int, *, tail: bool, lag: int) -> None:
    ends = ends_of(Consumer(kept=kept, beginning=beginning), tail=tail)

    await ends.look()

    assert ends.progress.lag == lag


async def test_without_partitions_an_outage_ends_when_the_broker_answers() -> None:
    consumer = Consumer(places=frozenset(), is_away=True)
    ends = ends_of(consumer)
    ends.outages.begin("broker")

    with pytest.raises(KafkaConnectionError):
        await ends.look()
    while_away = ends.outages.names
    consumer.is_away = False
    await ends.look()

    assert (while_away, ends.outages.names) == (("broker",), ())
