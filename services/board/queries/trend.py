"""How things stood at the same hour a week ago, and what this week has brought; read once a minute."""

from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.board.domain.viewing import Scope
from services.chassis.clock import now
from services.chassis.postgres import Pool

WEEK: Final = timedelta(days=7)

_MINE: Final = "($1 or c.units && $2) and not c.barred_units && $2"
# Whatever was open a week ago is open still or was closed since: both have an index. $3 then, $4 its midnight,
# $5 the Monday of this week.
_THEN: Final = f"""
    select c.case_id, c.accepted_at, c.closed_at from ledger.board_cases c where c.closed_at is null and {_MINE}
    union all
    select c.case_id, c.accepted_at, c.closed_at from ledger.board_cases c
    where c.closed_at >= least($4::timestamptz, $5::timestamptz) and {_MINE}
"""
STOOD: Final = f"""
    with known as ({_THEN})
    select count(*) filter (where accepted_at >= $4 and accepted_at < $3::timestamptz) as reported_then,
        count(*) filter (where accepted_at < $3 and (closed_at is null or closed_at >= $3)) as open_then,
        count(*) filter (where accepted_at < $3 and (closed_at is null or closed_at >= $3) and exists (
            select from ledger.board_ladder_spans k
            where k.case_id = known.case_id and k.due_at < $3 and (k.stopped_at is null or k.stopped_at >= $3)
        )) as overdue_then,
        count(*) filter (where accepted_at >= $5) as reported_this_week
    from known
"""
WHISTLES: Final = f"""
    select count(*) from ledger.board_whistle_spans c
    where (c.closed_at is null or c.closed_at >= $3) and c.blown_at < $3 and {_MINE}
"""
CLOSED: Final = f"""
    select count(*) filter (where c.closed_at >= $4 and c.closed_at < $3) as closed_then,
        count(*) filter (where c.closed_at >= $4 and c.closed_at < $3 and c.on_time) as on_time_then,
        count(*) filter (where c.closed_at >= $5) as closed_this_week,
        count(*) filter (where c.closed_at >= $5 and c.on_time) as on_time_this_week
    from ledger.board_closed c where c.closed_at >= least($4::timestamptz, $5::timestamptz) and {_MINE}
"""


async def read_trend(pool: Pool, scope: Scope, zone: ZoneInfo) -> dict[str, Any]:
    """Return `week_ago`, the numbers at the same hour a week ago, and `week`, those since Monday."""
    mine = (scope.whole, sorted(scope.units))
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        then = await now(connection) - WEEK
        midnight = _midnight(then, zone)
        monday = _midnight(then + WEEK, zone)
        monday -= timedelta(days=monday.weekday())
        (stood,) = await connection.fetch(STOOD, *mine, then, midnight, monday)
        (closed,) = await connection.fetch(CLOSED, *mine, then, midnight, monday)
        whistles = await connection.fetchval(WHISTLES, *mine, then)
    return {
        "week_ago": {
            "reported_today": stood["reported_then"],
            "open": stood["open_then"],
            "overdue": stood["overdue_then"],
            "whistles_open": whistles,
            "on_time_rate_today": _rate(closed["on_time_then"], closed["closed_then"]),
        },
        "week": {
            "reported": stood["reported_this_week"],
            "closed": closed["closed_this_week"],
            "on_time_rate": _rate(closed["on_time_this_week"], closed["closed_this_week"]),
        },
    }


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), time(), zone)


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
