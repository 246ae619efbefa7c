"""Carrying out what the comparison found: merging by itself, and ending merged cases with the one that went on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from services.chassis.postgres import Pool
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.life.merging import Merging, close_together, is_untouched, may_merge_by_itself, merge
from services.ledger.domain.likeness import Verdict
from services.ledger.domain.taken import SYSTEM, TakenCase
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import Taken, take
from services.ledger.store.writing import write

TO_MERGE: Final = "select case_id, other, survivor, repeats from ledger.to_merge($1)"
SETTLE: Final = "select ledger.settle_likeness($1, $2, $3, $4, $5)"
TO_CLOSE: Final = "select case_id, survivor from ledger.to_close_together($1)"
STOPPED: Final = "select exists (select from ledger.clock_stop)"
AT_ONCE_MAX: Final = 50


class Found(NamedTuple):
    """With whom a case was found alike, and whether it is only said again."""

    other: UUID
    repeats: bool


Change = Callable[[Any, Taken, UUID, UUID], Awaitable[Verdict | None]]


@dataclass(frozen=True, slots=True)
class CarryingOut:
    """Merges and ends, one pair in a transaction: what is killed in between is found again."""

    pool: Pool
    cities: Cities

    async def carry_out_due(self, at_most: int = AT_ONCE_MAX) -> int:
        """Merge what is to be merged, end what is to be ended, `at_most` of each; return how many were merged."""
        if await self.pool.fetchval(STOPPED):
            return 0
        merged = 0
        for row in await self.pool.fetch(TO_MERGE, at_most):
            merge_these = partial(self._merge, Found(row["other"], row["repeats"]))
            merged += await self._once(merge_these, row["case_id"], row["survivor"]) == "merge"
        for row in await self.pool.fetch(TO_CLOSE, at_most):
            await self._once(self._close, row["case_id"], row["survivor"])
        return merged

    async def _once(self, change: Change, duplicate: UUID, survivor: UUID) -> Verdict | None:
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                taken = await take(connection, (duplicate, survivor))
                if taken is None:
                    return None
                await settle_all(connection, taken, self.cities)
                said = await change(connection, taken, duplicate, survivor)
                await write(connection, taken.cases)
                return said
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            return None  # somebody acted on one of them: found again at the next look

    async def _merge(self, found: Found, connection: Any, taken: Taken, duplicate: UUID, survivor: UUID) -> Verdict:
        """Look again at the two as they stand now; what is not to be merged any more is proposed."""
        one, other = taken.case(duplicate), taken.case(survivor)
        said: Verdict = "propose"
        if one is not None and other is not None:
            share = await self._share(found, one, other)
            if share is not None and _merged(one, other, Merging(actor=SYSTEM, now=taken.now, share=share)):
                said = "merge"
        await connection.execute(SETTLE, duplicate, found.other, survivor, said, taken.now)
        return said

    async def _share(self, found: Found, one: TakenCase, other: TakenCase) -> float | None:
        if found.repeats:  # the same person in the same words: that needs no policy
            return 1.0 if is_untouched(one) else None
        policy = (await self.cities.of(one.case.reference_version, one.case.applied_version)).policies.duplicates
        return None if policy is None else may_merge_by_itself(one, other, policy)

    @staticmethod
    async def _close(connection: Any, taken: Taken, duplicate: UUID, survivor: UUID) -> None:
        del connection
        one, other = taken.case(duplicate), taken.case(survivor)
        if one is not None and other is not None:
            close_together(one, other, taken.now)


def _merged(one: TakenCase, other: TakenCase, merging: Merging) -> bool:
    try:
        merge(one, other, merging)
    except RefusedError:
        return False
    return True
