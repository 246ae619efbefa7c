"""The clock guard's row, the server's own clock, and the census."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.postgres import Pool

READ: Final = "select clock_timestamp() as instant, exists (select from ledger.clock_stop) as stopped"
CENSUS: Final = "select * from ledger.census()"
STOP: Final = "insert into ledger.clock_stop (reason) values ($1) on conflict (one) do nothing"


@dataclass(frozen=True, slots=True)
class PostgresClockGuard:
    pool: Pool

    async def read(self) -> tuple[datetime, bool]:
        row = await self.pool.fetchrow(READ)
        if row is None:
            raise LookupError("PostgreSQL gave no row for its own clock")
        return row["instant"], row["stopped"]

    async def stop(self, reason: str) -> None:
        await self.pool.execute(STOP, reason)


async def read_census(pool: Pool) -> Mapping[str, float]:
    """Return how the whole stands, by the names of its gauges."""
    row = await pool.fetchrow(CENSUS)
    if row is None:
        raise LookupError("PostgreSQL gave no row for the census")
    return dict(row)
