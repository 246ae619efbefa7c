"""Owed steps, made effective: whoever asks, each takes effect once (design §3 "Time is an act")."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.ledger.domain.city import City
from services.ledger.domain.moving import Coming, catch_up, knowing_years
from services.ledger.store.aside import Aside, CannotSettleError
from services.ledger.store.cities import Cities
from services.ledger.store.red_steps import count_reds
from services.ledger.store.rosters import call_the_roll
from services.ledger.store.taking import Taken, take_owed
from services.ledger.store.writing import write

NOBODY_ACTS: Final[Mapping[UUID, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one call made effective. `lateness_seconds` is of the oldest step: effective minus owed."""

    cases: int = 0
    steps: int = 0
    lateness_seconds: float = 0.0
    by_step: tuple[tuple[str, str], ...] = ()
    """(clock, step) of each."""


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles what is owed, some cases at a time. Any number of instances share the work by skipping locked cases."""

    pool: Pool
    cities: Cities
    aside: Aside = field(default_factory=Aside)

    async def settle_due(self, at_most: int) -> Settled:
        """Settle up to `at_most` cases that owe a step by now, in one transaction.

        A case that cannot be settled is put aside, and the next call does the others.
        """
        try:
            return await self._settle(at_most, self.aside.cases())
        except CannotSettleError as error:
            self.aside.put(error)
            return Settled()

    async def _settle(self, at_most: int, aside: frozenset[UUID]) -> Settled:
        async with self.pool.acquire() as connection, connection.transaction():
            # Whoever is aside owes the longest, and is taken first.
            taken = await take_owed(connection, at_most + len(aside))
            if taken is None:
                return Settled()
            if aside:
                taken = replace(taken, cases=[case for case in taken.cases if case.case.case_id not in aside])
            if taken.cases:
                await settle_all(connection, taken, self.cities)
                await write(connection, taken.cases)
        return _summary(taken)


async def settle_all(connection: Any, taken: Taken, cities: Cities, acts: Mapping[UUID, object] = NOBODY_ACTS) -> None:
    """Settle every taken case up to the instant it was taken at.

    Before, the cases learn what their steps may go by: who is on duty, how many red steps a unit drew this month.
    `acts` is what people are about to do, by case. A case that has not applied the version in force settles up to each
    `active_from` on the way, and moves there.

    Raises:
        CannotSettleError: one case defies deciding; nothing may be written then.
    """
    await count_reds(connection, taken, cities)
    await call_the_roll(connection, taken, cities, acts)
    known: dict[tuple[int, int], tuple[City, tuple[Coming, ...]]] = {}
    for case in taken.cases:
        versions = (case.case.reference_version, case.case.applied_version)
        if versions not in known:
            known[versions] = knowing_years(await cities.of(*versions), await cities.coming(*versions, taken.now))
        try:
            catch_up(case, taken.now, *known[versions])
        except (LookupError, ValueError, ArithmeticError, StopIteration) as error:
            raise CannotSettleError(case.case.case_id) from error


def _summary(taken: Taken) -> Settled:
    steps = [step for case in taken.cases for step in case.steps]
    oldest: datetime = min((step.owed_at for step in steps), default=taken.now)
    return Settled(
        cases=len(taken.cases),
        steps=len(steps),
        lateness_seconds=(taken.now - oldest).total_seconds(),
        by_step=tuple((step.kind, step.step) for step in steps),
    )
