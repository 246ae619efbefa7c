"""At `active_from` everything pending moves: in batches that a kill interrupts and a start resumes (design §7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

from services.chassis.postgres import Pool
from services.ledger.store.aside import Aside, CannotSettleError
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import take
from services.ledger.store.writing import write

IN_FORCE: Final = """
    select reference.version_at((select clock.now())) as version, exists (select from ledger.clock_stop) as stopped
"""
AWAIT_OPENINGS: Final = "select ledger.await_openings()"
BEHIND: Final = "select case_id, applied_version from ledger.behind($1, $2)"
APPLIED: Final = "select ledger.applied($1, $2, $3)"
BATCH_MAX: Final = 250
"""Cases moved in one transaction: they are locked for some 100 ms."""
BEHIND_MAX: Final = 20_000


@dataclass(slots=True)
class Moving:
    """Moves cases to the version in force. One instance does the work; another would only find less to do."""

    pool: Pool
    cities: Cities
    aside: Aside = field(default_factory=Aside)
    _reached: int | None = field(default=None, init=False)
    """The version that every case with something pending has applied."""

    async def move_due(self) -> int:
        """Move every case that has not applied the version in force; return how many were looked at."""
        row = await self.pool.fetchrow(IN_FORCE)
        if row is None or row["stopped"] or row["version"] in (None, self._reached):
            return 0
        version: int = row["version"]
        await self.pool.execute(AWAIT_OPENINGS)
        looked_at = 0
        while behind := await self._behind(version):
            for batch in _batches(behind):
                looked_at += await self._move(batch, version)
        if not self.aside.cases():
            self._reached = version
        return looked_at

    async def _behind(self, version: int) -> list[tuple[UUID, int]]:
        aside = self.aside.cases()
        found = await self.pool.fetch(BEHIND, version, BEHIND_MAX + len(aside))
        return [(row["case_id"], row["applied_version"]) for row in found if row["case_id"] not in aside]

    async def _move(self, batch: Sequence[tuple[UUID, int]], version: int) -> int:
        older = {applied for _, applied in batch}
        moving = {applied for applied in older if await self.cities.is_moving(applied, version)}
        still = [case_id for case_id, applied in batch if applied not in moving]
        if still:
            await self.pool.fetchval(APPLIED, still, list(older - moving), version)
        ids = [case_id for case_id, applied in batch if applied in moving]
        if ids:
            try:
                await self._take(ids)
            except CannotSettleError as error:  # the others are found again
                self.aside.put(error)
            except asyncpg.DeadlockDetectedError:  # they are still behind, and found again
                pass
        return len(batch)

    async def _take(self, ids: Iterable[UUID]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            taken = await take(connection, ids)
            if taken is None:
                return
            found = {case.case.case_id: case.case.applied_version for case in taken.cases}
            await settle_all(connection, taken, self.cities)
            await write(connection, taken.cases)
            # A case on which nothing changed states nothing; that it was looked at is all there is to keep.
            looked_at: dict[int, list[UUID]] = {}
            for case in taken.cases:
                if not case.facts:
                    looked_at.setdefault(case.case.applied_version, []).append(case.case.case_id)
            for version, unmoved in looked_at.items():
                await connection.fetchval(APPLIED, unmoved, list(set(found.values()) - {version}), version)


def _batches(found: Sequence[tuple[UUID, int]]) -> Iterator[Sequence[tuple[UUID, int]]]:
    for start in range(0, len(found), BATCH_MAX):
        yield found[start : start + BATCH_MAX]
