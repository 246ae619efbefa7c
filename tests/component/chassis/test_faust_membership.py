"""A Faust worker whose rebalance never ends: it has no partitions, so no lag either, and reports wait all the same."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.faust_app import worker_app
from services.chassis.delivery.faust_pump import FaustPump
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.watchdog import STUCK_SECONDS_MAX, Watchdog
from services.chassis.health import Health
from services.chassis.metrics import DeliveryMetrics, Progress
from services.chassis.outages import Outages
from services.chassis.settings import KafkaSettings
from tests.fakes.delivery import InMemoryCrashes, InMemoryDeadLetters
from tests.waiting import eventually

KAFKA = KafkaSettings(brokers="never-dialled:9092", service="probe", instance="a")


class Worker:
    """A pump of a real app that is never started, and its watchdog an hour later."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        progress, outages = Progress(registry, "probe"), Outages(registry, "probe")
        metrics = DeliveryMetrics.create(registry, "probe")
        finishing = Finishing(InMemoryDeadLetters(), InMemoryCrashes(), outages, metrics)
        self.app: Any = worker_app("probe", KAFKA)
        self.pump = FaustPump(self.app, KAFKA, finishing, progress)
        self.pump.membership.moved_at -= 2 * STUCK_SECONDS_MAX
        rounds = {"rebalance": self.pump.membership}
        self.watchdog = Watchdog(Health(), progress, outages, finishing, rounds=rounds)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker()
    yield worker
    shutil.rmtree(str(worker.app.conf.datadir), ignore_errors=True)


async def test_a_rebalance_that_never_ends_ends_the_process(worker: Worker) -> None:
    worker.app.rebalancing = True
    looking = asyncio.create_task(worker.pump.keep_membership())
    await asyncio.sleep(0)

    assert "no round of the rebalance" in (worker.watchdog.complaint() or "")
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking


async def test_a_member_that_has_its_place_is_left_alone(worker: Worker) -> None:
    looking = asyncio.create_task(worker.pump.keep_membership())

    await eventually(lambda: worker.watchdog.complaint() is None or None, within_seconds=5)

    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
