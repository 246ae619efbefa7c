"""The relay: what is pending is sent, then gone; what cannot be sent holds back only its own key."""

import asyncio
from collections.abc import Sequence
from typing import cast

from prometheus_client import CollectorRegistry

from services.chassis.delivery.producer import Outgoing, Producer
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Pulse
from services.chassis.outages import Outages
from tests.fakes.delivery import InMemoryBroker, InMemoryPending
from tests.waiting import eventually

LARGE = b"x" * 2_000


class Desk:
    """A relay between a pending table and a broker, both in memory."""

    def __init__(self, broker: InMemoryBroker | None = None) -> None:
        self.registry = CollectorRegistry()
        self.pending = InMemoryPending()
        self.broker = broker or InMemoryBroker()
        self.relay = Relay(
            self.pending,
            cast("Producer", self.broker),
            Outages(self.registry, "probe"),
            RelayMetrics.create(self.registry, "probe"),
            Pulse(),
        )

    def put(self, seq: int, key: str = "k", value: bytes = b"v") -> None:
        self.pending.rows[seq] = Outgoing(seq, "topic", key.encode(), value)

    @property
    def sent(self) -> list[int]:
        return [record.seq for record in self.broker.records]


async def test_what_is_pending_is_sent_in_order_and_then_gone() -> None:
    desk = Desk()
    for seq in (3, 1, 2):
        desk.put(seq)

    assert await desk.relay.relay_once() == 3

    assert desk.sent == [1, 2, 3]
    assert desk.pending.rows == {}


class Looking(InMemoryBroker):
    """Notes what is pending while it takes records."""

    def __init__(self) -> None:
        super().__init__()
        self.pending = InMemoryPending()
        self.seen: list[int] = []

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        self.seen.extend(self.pending.rows)
        await super().send_all(records)


async def test_what_is_being_sent_is_still_pending() -> None:
    broker = Looking()
    desk = Desk(broker)
    broker.pending = desk.pending
    desk.put(1)

    await desk.relay.relay_once()

    assert broker.seen == [1]
    assert desk.pending.rows == {}


async def test_a_broker_that_is_away_loses_nothing() -> None:
    desk = Desk(InMemoryBroker(failures=2))
    desk.put(1)

    await desk.relay.relay_once()

    assert desk.sent == [1]


async def test_a_row_too_large_stays_and_holds_back_its_key_only() -> None:
    desk = Desk()
    desk.put(1, "a", LARGE)
    desk.put(2, "b")
    await desk.relay.relay_once()

    desk.put(3, "a")
    desk.put(4, "b")
    await desk.relay.relay_once()

    assert desk.sent == [2, 4]
    assert sorted(desk.pending.rows) == [1, 3]
    assert desk.registry.get_sample_value("whistle_probe_relay_held_rows") == 2


async def test_a_wake_ends_the_pause_and_a_stop_ends_the_relay() -> None:
    desk = Desk()
    running = asyncio.create_task(desk.relay.run())
    await asyncio.sleep(0)

    desk.put(1)
    desk.relay.wake()
    await eventually(lambda: desk.sent == [1], within_seconds=30)
    await desk.relay.stop()

    await asyncio.wait_for(running, 30)
