"""Scheduled work, settled like any step: each period once, by whichever instance takes it (design §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.chassis.postgres import Pool
from services.contracts.codec import event_id_of
from services.contracts.events import NoticeIssued
from services.ledger.domain.schedules import DIGEST, day_of, next_daily
from services.ledger.store.writing import issue

BEGIN: Final = "select ledger.begin_schedule($1, $2, $3)"
NOW: Final = "select clock.now()"
OWED: Final = "select name, period, next_at, now from ledger.schedules_owed()"
SETTLED: Final = "select ledger.settle_schedule($1, $2, $3, $4, $5)"
DIGESTS: Final = "select person_id, units, new, open, due_today, overdue from ledger.digests($1, $2, $3)"
EPOCH: Final = "select delivery.epoch()"


@dataclass(slots=True)
class Schedules:
    """Sets the schedules and settles what is owed of them. Any number of instances share the work."""

    pool: Pool
    _begun: bool = False

    async def settle_due(self) -> int:
        """Settle the periods owed by now, in one transaction; return how many."""
        if not self._begun:
            await self._begin()
        async with self.pool.acquire() as connection, connection.transaction():
            owed = await connection.fetch(OWED)
            for row in owed:
                if row["name"] == DIGEST:
                    await issue_digests(connection, row["period"], row["now"])
                following = next_daily(row["now"])
                await connection.execute(
                    SETTLED, row["name"], row["period"], row["now"], following.name, following.next_at
                )
        return len(owed)

    async def _begin(self) -> None:
        async with self.pool.acquire() as connection:
            first = next_daily(await connection.fetchval(NOW))
            await connection.execute(BEGIN, DIGEST, first.name, first.next_at)
        self._begun = True


async def issue_digests(connection: Any, period: str, now: datetime) -> None:
    """Issue a digest for every responsible person who has something in hand at this instant (S4-06)."""
    epoch = await connection.fetchval(EPOCH)
    rows = await connection.fetch(DIGESTS, now, *day_of(now))
    await issue(connection, [_digest(row, period, now, epoch) for row in rows])


def _digest(row: Any, period: str, now: datetime, epoch: int) -> NoticeIssued:
    return NoticeIssued(
        event_id=event_id_of(epoch, DIGEST, period, row["person_id"]),
        at=now,
        kind="digest",
        units=tuple(row["units"]),
        subject=period,
        facts={name: row[name] for name in ("new", "open", "due_today", "overdue")},
        person=row["person_id"],
    )
