"""Cases that ended today, the late ones first: the list behind the on-time rate."""

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.board.domain.viewing import Scope
from services.chassis.clock import now
from services.chassis.postgres import Pool

ENDED_MAX: Final = 1_000
COLUMNS: Final = (
    "case_id", "number", "item", "subdistrict", "grid", "lead", "accepted_at", "closed_at", "on_time",
)  # fmt: skip

ENDED: Final = f"""
    select {", ".join(f"c.{name}" for name in COLUMNS)} from ledger.board_ended c
    where c.closed_at >= $3 and ($1 or c.units && $2) and not c.barred_units && $2
    order by c.on_time, c.closed_at desc limit {ENDED_MAX}
"""


async def read_ended(pool: Pool, scope: Scope, zone: ZoneInfo) -> dict[str, Any]:
    """Return today's ended cases of a scope; today is the day of the database's clock in the city's `zone`."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        as_of = await now(connection)
        today = datetime.combine(as_of.astimezone(zone).date(), time(), zone)
        rows = await connection.fetch(ENDED, scope.whole, sorted(scope.units), today)
    return {"as_of": as_of, "columns": COLUMNS, "rows": [tuple(row) for row in rows]}
