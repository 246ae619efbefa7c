"""The watchdog: when a process must end although it is alive."""

import asyncio
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.watchdog import Pulse, Watchdog
from services.chassis.health import Health
from services.chassis.metrics import DeliveryMetrics, Progress
from services.chassis.outages import Outages
from tests.fakes.delivery import InMemoryCrashes, InMemoryDeadLetters, Record


@dataclass
class Hands:
    """A clock that only the test moves."""

    at: float = 1_000.0
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __call__(self) -> float:
        return self.at

    def watchdog(self) -> Watchdog:
        progress = Progress(self.registry, "probe")
        progress.moved_at = self.at
        outages = Outages(self.registry, "probe")
        metrics = DeliveryMetrics.create(self.registry, "probe")
        finishing = Finishing(InMemoryDeadLetters(), InMemoryCrashes(), outages, metrics)
        return Watchdog(Health(self), progress, outages, finishing, clock=self)


async def test_a_silent_loop_is_a_complaint() -> None:
    hands = Hands()
    watchdog = hands.watchdog()

    hands.at += 11.0

    assert "silent" in (watchdog.complaint() or "")


async def test_standing_still_is_a_complaint_only_while_records_wait() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    hands.at += 61.0
    watchdog.health.beat()
    idle = watchdog.complaint()

    watchdog.progress.ends_at("said", 0, 5)

    assert idle is None
    assert "5 records waiting" in (watchdog.complaint() or "")


async def test_a_batch_in_hand_counts_as_waiting() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    assert watchdog.finishing is not None
    watchdog.finishing.in_hand = (Record(b"x"),)

    hands.at += 61.0
    watchdog.health.beat()

    assert "no progress" in (watchdog.complaint() or "")


async def test_waiting_for_a_named_outage_is_no_complaint() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    watchdog.progress.ends_at("said", 0, 5)
    watchdog.outages.begin("postgres")
    await asyncio.sleep(0.001)  # an outage has a length

    hands.at += 100.0
    watchdog.health.beat()

    assert watchdog.complaint() is None


async def test_a_round_that_stands_still_is_a_complaint_although_nothing_waits() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    watchdog.rounds = {"timer": Pulse(hands.at)}
    hands.at += 59.0
    watchdog.health.beat()
    soon = watchdog.complaint()

    hands.at += 2.0
    watchdog.health.beat()

    assert soon is None
    assert "no round of the timer for 61 s" in (watchdog.complaint() or "")


async def test_a_relay_that_goes_round_hides_no_handler_that_hangs() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    assert watchdog.finishing is not None
    watchdog.finishing.in_hand = (Record(b"x"),)

    hands.at += 61.0
    watchdog.rounds = {"relay": Pulse(hands.at)}
    watchdog.health.beat()

    assert "no progress" in (watchdog.complaint() or "")


async def test_a_round_may_wait_for_an_outage_however_long_it_lasts() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    watchdog.rounds = {"relay": Pulse(hands.at)}
    watchdog.outages.begin("kafka")
    await asyncio.sleep(0.001)

    hands.at += 10_000.0
    watchdog.health.beat()

    assert watchdog.complaint() is None


async def test_after_an_outage_a_round_has_its_whole_minute_again() -> None:
    hands = Hands()
    watchdog = hands.watchdog()
    watchdog.rounds = {"rebalance": Pulse(hands.at)}
    watchdog.outages.begin("broker")
    await asyncio.sleep(0.001)
    hands.at += 100.0
    watchdog.health.beat()
    during = watchdog.complaint()
    watchdog.outages.end("broker")

    hands.at += 59.0
    watchdog.health.beat()
    soon = watchdog.complaint()
    hands.at += 2.0
    watchdog.health.beat()

    assert (during, soon) == (None, None)
    assert "no round of the rebalance for 61 s" in (watchdog.complaint() or "")
