"""sla's tick: one batch while little is owed, two after each other, and beside each other, while many cases owe."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from services.ledger.store.settling import Settled
from services.sla.handlers import SettleDue
from services.sla.metrics import SlaMetrics
from tests.waiting import eventually


class NoSchedules:
    async def settle_due(self) -> int:
        return 0


@dataclass
class Owing:
    """Some cases that owe a step each; at call number `fails_at` the database is away.

    Call number `held_up_at` lasts until call number `held_up_until`.
    """

    cases: int
    fails_at: int = 0
    held_up_at: int = 0
    held_up_until: int = 0
    calls: int = 0
    in_hand: int = 0
    at_once: list[int] = field(default_factory=list)

    async def settle_due(self, at_most: int) -> Settled:
        self.calls += 1
        nth = self.calls
        if nth == self.fails_at:
            raise ConnectionError("the database is away")
        self.in_hand += 1
        self.at_once.append(self.in_hand)
        await asyncio.sleep(0)
        if nth == self.held_up_at:
            await eventually(lambda: self.calls >= self.held_up_until, within_seconds=30)
        taken = min(at_most, self.cases)
        self.cases -= taken
        self.in_hand -= 1
        return Settled(cases=taken, steps=taken, by_step=(("handling", "limit"),) * taken)


def a_tick(settling: Owing, monotonic: Callable[[], float] = lambda: 0) -> SettleDue:
    metrics = SlaMetrics.create(CollectorRegistry())
    return SettleDue(settling=settling, schedules=NoSchedules(), metrics=metrics, cases_max=100, monotonic=monotonic)


async def test_while_many_cases_owe_two_batches_are_settled_at_once() -> None:
    settling = Owing(cases=260)
    tick = a_tick(settling)

    assert [await tick(), await tick(), await tick()] == [True, True, False]

    assert settling.cases == 0
    assert max(settling.at_once) == 2


async def test_a_batch_that_takes_long_holds_no_other_up() -> None:
    settling = Owing(cases=1040, held_up_at=3, held_up_until=8)
    tick = a_tick(settling)

    assert [await tick(), await tick()] == [True, True]

    assert settling.cases == 0


async def test_the_clocks_are_compared_again_after_a_second_however_many_cases_owe() -> None:
    settling = Owing(cases=100_000)
    tick = a_tick(settling, monotonic=map(float, itertools.count()).__next__)
    await tick()

    assert await tick()

    assert settling.cases == 100_000 - 3 * 100


async def test_a_few_cases_are_settled_one_batch_after_the_other() -> None:
    settling = Owing(cases=40)
    tick = a_tick(settling)

    assert [await tick(), await tick()] == [True, False]

    assert max(settling.at_once) == 1


async def test_a_batch_that_fails_fails_the_tick_after_the_other_has_ended() -> None:
    settling = Owing(cases=300, fails_at=3)
    tick = a_tick(settling)
    await tick()

    with pytest.raises(ConnectionError):
        await tick()

    assert settling.in_hand == 0
    assert settling.cases == 100
