"""The clock guard's row, and the server's own clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.chassis.postgres import Pool

READ: Final = "select clock_timestamp() as instant, exists (select from ledger.clock_stop) as stopped"
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
