"""Random acts, redeliveries, reorderings, deaths, restarts, clock steps on real PostgreSQL, against a small model."""

import asyncio
import random
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.environment.database import Database
from tests.wire.ledger.disorder import PAUSES, prepare
from tests.wire.ledger.looking import Look
from tests.wire.ledger.restless import Pools, Restless

pytestmark = pytest.mark.postgres

STEPS_OF_ONE: Final = 100
MINUTES: Final = st.sampled_from(PAUSES)
SEEDS: Final = st.integers(0, 2**32 - 1)
BESIDE: Final = frozenset({"merge", "unmerge", "reach_stage", "evaluate", "wrong_whistle", "assign_branch", "correct"})
"""Acts beside a case's main road, each of which must have taken effect."""
ROUNDS_MAX: Final = 5
"""In which order rows come is PostgreSQL's choice, and with it which of the acts fit: another round draws others."""
NOT_FOR_DURABILITY: Final = "alter database {} set synchronous_commit = off"
"""What a crash of the server keeps has tests of its own; here it would be three quarters of the time."""


class AnyOrder(RuleBasedStateMachine):
    """Each rule is one thing that happens; after each, everything is looked at."""

    pools: ClassVar[Pools]
    runner: ClassVar[asyncio.Runner]
    steps: ClassVar[int] = 0
    seen: ClassVar[set[str]]
    """What took effect at least once."""

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        self.city = Restless(self.pools)
        self.look = Look(self.city)
        self._run(self.city.begin())
        self._happens(self.city.deliver(drawing(seed)))

    @rule(minutes=MINUTES)
    def sla_settles(self, minutes: int) -> None:
        self._after(minutes, self.city.settle())

    @rule(just_before=st.booleans())
    def sla_settles_at_the_brink(self, just_before: bool) -> None:  # noqa: FBT001 (drawn by name)
        self._at_the_brink(self.city.settle(), just_before=just_before)

    @rule(minutes=MINUTES, seed=SEEDS)
    def the_bus_delivers(self, minutes: int, seed: int) -> None:
        self._after(minutes, self.city.deliver(drawing(seed)))

    @rule(seed=SEEDS)
    def the_router_answers(self, seed: int) -> None:
        self._after(0, self.city.ask_the_router(drawing(seed)))

    @rule(minutes=MINUTES, seed=SEEDS)
    def a_resident_adds_something(self, minutes: int, seed: int) -> None:
        self.city.bus.add_to_a_report(drawing(seed))
        self._after(minutes, self.city.deliver(drawing(seed)))

    @rule(minutes=MINUTES, seed=SEEDS)
    def somebody_acts(self, minutes: int, seed: int) -> None:
        self._after(minutes, self.city.act(drawing(seed)))

    @rule(seed=SEEDS)
    def somebody_acts_at_once(self, seed: int) -> None:
        self._after(0, self.city.act(drawing(seed)))

    @rule(just_before=st.booleans(), seed=SEEDS)
    def somebody_acts_at_the_brink(self, just_before: bool, seed: int) -> None:  # noqa: FBT001 (drawn by name)
        self._at_the_brink(self.city.act(drawing(seed)), just_before=just_before)

    @rule()
    def an_answer_was_lost(self) -> None:
        self._after(0, self.city.repeat())

    @rule(minutes=MINUTES, seed=SEEDS)
    def two_things_happen_at_once(self, minutes: int, seed: int) -> None:
        self._after(minutes, self.city.at_once(drawing(seed)))

    @rule(minutes=MINUTES, seed=SEEDS)
    def somebody_dies_halfway(self, minutes: int, seed: int) -> None:
        self._after(minutes, self.city.die_halfway(drawing(seed)))

    @rule(seed=SEEDS)
    def services_begin_again(self, seed: int) -> None:
        self._after(0, self.city.restart(drawing(seed)))

    @rule(minutes=MINUTES, seed=SEEDS)
    def the_relay_sends(self, minutes: int, seed: int) -> None:
        self._after(minutes, self.city.relay(drawing(seed)))

    def teardown(self) -> None:
        self._run(self.look.at_the_end())

    def _after(self, minutes: int, what: Coroutine[Any, Any, None]) -> None:
        self._run(self.city.pass_time(minutes))
        self._happens(what)

    def _at_the_brink(self, what: Coroutine[Any, Any, None], *, just_before: bool) -> None:
        """Let it happen when the next step is owed, or at the last instant before."""
        self._run(self.city.go_to_the_next_step(just_before=just_before))
        self._happens(what)

    def _happens(self, what: Coroutine[Any, Any, None]) -> None:
        type(self).steps += 1
        self._run(what)
        type(self).seen |= self.city.kinds
        self._run(self.look.again())

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        self.runner.run(what)


def drawing(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- a repeatable choice, not a secret


@pytest.fixture
def machine(database: Database) -> Iterator[type[AnyOrder]]:
    """The machine of one test, so that no seed or count outlives it, with connections to a database of its own."""

    class OfOneTest(AnyOrder):
        seen: ClassVar[set[str]] = set()

    prepare(database)
    database.run_sql(NOT_FOR_DURABILITY.format(database.name))
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        OfOneTest.runner, OfOneTest.pools = runner, runner.run(Pools.of(database, stack))
        try:
            yield OfOneTest
        finally:
            runner.run(stack.aclose())


def run(machine: type[AnyOrder], steps: int, *, derandomize: bool) -> None:
    how = settings(
        max_examples=steps // STEPS_OF_ONE,
        stateful_step_count=STEPS_OF_ONE,
        derandomize=derandomize,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.timeout(900)
def test_whatever_happens_in_whatever_order_nothing_is_lost_doubled_early_or_false(machine: type[AnyOrder]) -> None:
    for nth in range(ROUNDS_MAX):
        run(seed(nth)(machine), 5_000, derandomize=True)
        if machine.seen >= BESIDE:
            break

    assert machine.steps >= 4_500
    assert machine.seen >= BESIDE


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_whatever_happens_a_hundred_thousand_times(machine: type[AnyOrder]) -> None:
    run(machine, 110_000, derandomize=False)

    assert machine.steps >= 100_000
