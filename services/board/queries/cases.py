"""Every open case in one narrow row: what the page needs to draw map, ladder and numbers by itself."""

from typing import Any, Final

from services.board.domain.viewing import Scope
from services.chassis.clock import now
from services.chassis.postgres import Pool

OPEN_MAX: Final = 20_000
"""Above this the page gets the most urgent ones and says so."""
COLUMNS: Final = (
    "case_id", "version", "number", "item", "subdistrict", "grid", "lead", "state", "urgency", "card", "due_at",
    "accepted_at", "whistle_open", "supervision_open", "calendar",
)  # fmt: skip

# By key for each open case: joined as a whole, every clock ever kept would be read, or worse before an analysis.
OPEN_CASES: Final = f"""
    select c.case_id, c.version, c.number, c.item, c.subdistrict, c.grid, c.lead, c.state, c.urgency,
        coalesce(w.rank, 0), w.due_at, c.accepted_at, c.whistle_open, c.supervision_open,
        w.calendar
    from ledger.board_open c left join lateral (
        select r.rank, r.due_at, r.calendar from ledger.board_running r
        where r.case_id = c.case_id order by r.rank desc, r.due_at limit 1
    ) w on true
    where ($1 or c.units && $2) and not c.barred_units && $2
    order by w.due_at limit {OPEN_MAX + 1}
"""


async def read_cases(pool: Pool, scope: Scope) -> dict[str, Any]:
    """Return the open cases of a scope, the most urgent first; `card` is a rank from 0, none, to 3, red."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        as_of = await now(connection)
        rows = await connection.fetch(OPEN_CASES, scope.whole, sorted(scope.units))
    shown = rows[:OPEN_MAX]
    return {
        "as_of": as_of,
        "complete": len(shown) == len(rows),
        "columns": COLUMNS,
        "rows": [tuple(row) for row in shown],
    }
