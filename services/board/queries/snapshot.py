"""The whole as it stands: a few counts and short lists, read in one transaction by the database's clock."""

from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from services.board.domain.cards import CARDS
from services.board.domain.viewing import Scope
from services.chassis.clock import now
from services.chassis.postgres import Pool

OF_A_CARD_MAX: Final = 50
WHISTLES_MAX: Final = 200
AHEAD_MAX: Final = 2_000
"""Clocks looked at for the cases whose first card comes next."""

# `closed_at is null` stands wherever it follows anyway: it leads to the index of open cases.
# $1 whole district?  $2 the viewer's units: nobody sees a case that accuses their unit.
_MINE: Final = "($1 or c.units && $2) and not c.barred_units && $2"

OPEN: Final = f"""
    select c.subdistrict, c.lead, count(*) as open, count(*) filter (where c.accepted_at >= $3) as reported,
        count(*) filter (where c.whistle_open is not null) as whistles
    from ledger.board_cases c
    where c.closed_at is null and {_MINE}
    group by 1, 2
"""
CLOSED: Final = f"""
    select c.subdistrict, c.lead, count(*) as closed, count(*) filter (where c.accepted_at >= $3) as reported,
        count(*) filter (where c.on_time) as on_time
    from ledger.board_closed c
    where c.closed_at >= $3 and {_MINE}
    group by 1, 2
"""
_CARDED: Final = f"""
    with carded as (
        select k.case_id, max(k.rank) as rank, min(k.due_at) as first_due_at from ledger.board_cards k group by 1
    ), mine as (
        select k.rank, k.first_due_at, c.* from carded k join ledger.board_cases c using (case_id)
        where c.closed_at is null and {_MINE}
    )
"""
CARDS_COUNTED: Final = f"""{_CARDED}
    select subdistrict, lead, rank, count(*) as cases, count(*) filter (where first_due_at <= $3) as overdue
    from mine group by 1, 2, 3
"""
CARDS_SHOWN: Final = f"""{_CARDED}
    select * from (
        select case_id, number, version, state, lead, cooperating, subdistrict, item, urgency, accepted_at,
            whistle_open, rank, first_due_at as due_at,
            row_number() over (partition by rank order by first_due_at, case_id) as place
        from mine
    ) ranked
    where place <= {OF_A_CARD_MAX} order by rank, place
"""
# By key for each of the few, behind fences: joined freely, before the first analysis after a bulk load, each of them
# reads every card there is (10,000 open cases: 15 s).
AHEAD: Final = f"""
    select * from (
        select distinct on (k.case_id) c.case_id, c.number, c.version, c.state, c.lead, c.cooperating, c.subdistrict,
            c.item, c.urgency, c.accepted_at, c.whistle_open, 0 as rank, k.due_at
        from (select case_id, due_at from ledger.board_reminders order by next_at limit {AHEAD_MAX}) k
        cross join lateral (select b.* from ledger.board_cases b where b.case_id = k.case_id offset 0) c
        where c.closed_at is null and {_MINE}
            and (select max(r.rank) from ledger.board_running r where r.case_id = k.case_id) = 0
        order by k.case_id, k.due_at
    ) ahead
    order by due_at, case_id limit {OF_A_CARD_MAX}
"""
WHISTLES: Final = f"""
    select c.case_id, c.number, c.version, c.item, c.lead, w.number as whistle, w.kind, w.subdistrict, w.automatic,
        w.blown_at,
        (select json_agg(json_build_object('unit', l.unit, 'state', l.state, 'due_at', l.due_at,
            'reported_in_at', l.reported_in_at, 'calendar', l.calendar) order by l.unit)
         from ledger.board_calls l where l.case_id = w.case_id and l.number = w.number) as calls
    from ledger.board_whistles w join ledger.board_cases c using (case_id)
    where c.closed_at is null and {_MINE}
    order by w.blown_at desc limit {WHISTLES_MAX}
"""
LANES: Final = "select lane, open from ledger.lane_counts order by lane"


async def read_snapshot(pool: Pool, scope: Scope, zone: ZoneInfo) -> dict[str, Any]:
    """Return the snapshot for a scope; today is the day of `as_of` in the city's `zone`."""
    mine = (scope.whole, sorted(scope.units))
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        as_of = await now(connection)
        today = datetime.combine(as_of.astimezone(zone).date(), time(), zone)
        open_cases = await connection.fetch(OPEN, *mine, today)
        closed = await connection.fetch(CLOSED, *mine, today)
        cards = await connection.fetch(CARDS_COUNTED, *mine, as_of)
        shown = [*await connection.fetch(AHEAD, *mine), *await connection.fetch(CARDS_SHOWN, *mine)]
        whistles = await connection.fetch(WHISTLES, *mine)
        lanes = await connection.fetch(LANES) if scope.whole else []
    return {
        "as_of": as_of,
        "scope": "district" if scope.whole else "units",
        "counts": counted(open_cases, closed, cards, lambda _: ""),
        "subdistricts": _by("subdistrict", open_cases, closed, cards),
        "departments": _by("lead", open_cases, closed, cards),
        "ladder": _ladder(open_cases, cards, shown),
        "whistles": [_whistle(row) for row in whistles],
        "sensitive": {row["lane"]: row["open"] for row in lanes},
    }


def counted(open_cases: Any, closed: Any, cards: Any, of: Any) -> dict[str, Any]:
    """Return the counts of the rows for which `of` gives the empty string."""
    open_cases, closed, cards = ([row for row in rows if of(row) == ""] for rows in (open_cases, closed, cards))
    ended, on_time = sum(row["closed"] for row in closed), sum(row["on_time"] for row in closed)
    return {
        "reported_today": sum(row["reported"] for row in (*open_cases, *closed)),
        "open": sum(row["open"] for row in open_cases),
        "overdue": sum(row["overdue"] for row in cards),
        "whistles_open": sum(row["whistles"] for row in open_cases),
        "closed_today": ended,
        "on_time_today": on_time,
        "on_time_rate_today": round(on_time / ended, 4) if ended else None,
    }


def _by(column: str, open_cases: Any, closed: Any, cards: Any) -> list[dict[str, Any]]:
    units = sorted({row[column] or "" for rows in (open_cases, closed, cards) for row in rows})
    return [
        {"unit": unit or None}
        | counted(open_cases, closed, cards, lambda row, unit=unit: "" if (row[column] or "") == unit else "other")
        for unit in units
    ]


def _ladder(open_cases: Any, cards: Any, shown: Any) -> list[dict[str, Any]]:
    counts = [sum(row["cases"] for row in cards if row["rank"] == rank) for rank in range(len(CARDS))]
    counts[0] = max(sum(row["open"] for row in open_cases) - sum(counts[1:]), 0)
    by_due = sorted(shown, key=lambda row: (row["due_at"], row["case_id"]))
    return [
        {
            "card": card,
            "count": counts[rank],
            "cases": [_case(row) for row in by_due if row["rank"] == rank][:OF_A_CARD_MAX],
        }
        for rank, card in enumerate(CARDS)
    ]


def _case(row: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(row).items() if name not in {"rank", "place"}}


def _whistle(row: Any) -> dict[str, Any]:
    return dict(row) | {"calls": msgspec.Raw((row["calls"] or "[]").encode())}
