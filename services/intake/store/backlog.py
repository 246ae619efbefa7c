"""How much waits to be sent, estimated without counting; and what is kept only for a while."""

from datetime import timedelta
from typing import Final

from services.chassis.postgres import Pool
from services.intake.ports import Backlog

KEYS_KEPT_FOR: Final = timedelta(days=7)
FORGOTTEN_MAX: Final = 20_000

# First and last number: exact while nothing is resent, and never too low by much.
ESTIMATE: Final = """
    select coalesce(max(seq) - min(seq) + 1, 0) as rows,
        coalesce(extract(epoch from clock_timestamp() - (select since from intake.pending order by seq limit 1)), 0)
            as seconds
    from intake.pending
"""
FORGET_KEYS: Final = """
    delete from intake.idempotency where client_key = any(array(
        select client_key from intake.idempotency i
        where kept_since < (select clock_timestamp() - $1::interval)
            and not exists (select from intake.papers p where p.client_key = i.client_key)
        limit $2
    ))
"""


async def backlog_of(pool: Pool) -> Backlog:
    """Return how much waits, and how long the oldest has waited."""
    row = await pool.fetchrow(ESTIMATE)
    return Backlog(0, 0.0) if row is None else Backlog(row["rows"], float(row["seconds"]))


async def forget_old_keys(pool: Pool) -> int:
    """Forget keys older than 7 days but for those of papers, a bounded number at a time; return how many."""
    done: str = await pool.execute(FORGET_KEYS, KEYS_KEPT_FOR, FORGOTTEN_MAX)
    return int(done.rpartition(" ")[2])
