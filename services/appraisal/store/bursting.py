"""Looks for bursts among the openings of the last day, and raises one alert for each."""

from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from services.appraisal.domain.bursts import Burst, Seen, bursts_in
from services.appraisal.domain.kept import Body
from services.appraisal.store.grouping import READ_AT_ONCE, grouped
from services.chassis.clock import now
from services.chassis.postgres import Pool
from services.contracts.codec import encode, event_id_of
from services.contracts.events import NoticeIssued
from services.reference.model.appraising import Bursts
from services.reference.model.organisation import COMMAND_CENTER

if TYPE_CHECKING:
    from services.identity.actors import Connection

LOOK_BACK: Final = timedelta(days=1)
LOCK: Final = 0x42_55_52_53_54
# Only groups that are large enough are read case by case: the usual noise leaves one row in a scan of the last day.
SEEN: Final = """
    with openings as (
        select item, place, at, case_id from appraisal.facts
        where at >= $1 and what = 'opened' and item is not null and place is not null
    )
    select item, place, at, case_id from openings join (
        select item, place from openings group by item, place having count(*) >= $2
    ) many using (item, place)
    order by item, place
"""
KNOWN: Final = "select max(last_at) from appraisal.bursts where item = $1 and place = $2"
EXTEND: Final = """
    update appraisal.bursts set last_at = greatest(last_at, $3) where item = $1 and place = $2 and last_at = $4
"""
NOTE: Final = """
    insert into appraisal.bursts (item, place, began_at, last_at, cases, notice_id) values ($1, $2, $3, $4, $5, $6)
"""
BODY: Final = "select body from appraisal.facts where case_id = $1 and version = 1"


async def tell_of_bursts(pool: Pool, policy: Bursts) -> int:
    """Raise an alert for each burst that has none yet, and return how many; one that goes on is the same."""
    raised = 0
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        instant = await now(connection)
        rows = connection.cursor(SEEN, instant - LOOK_BACK, policy.cases, prefetch=READ_AT_ONCE)
        async for alike in grouped((Seen(*row) async for row in rows), attrgetter("item", "place")):
            for burst in bursts_in(alike, policy):
                if await _is_new(connection, burst, policy):
                    await _raise(connection, burst, instant)
                    raised += 1
    return raised


async def _is_new(connection: "Connection", burst: Burst, policy: Bursts) -> bool:
    last_at: datetime | None = await connection.fetchval(KNOWN, burst.item, burst.place)
    if last_at is None or burst.began_at - last_at > timedelta(minutes=policy.within_minutes):
        return True
    if burst.last_at > last_at:
        await connection.execute(EXTEND, burst.item, burst.place, burst.last_at, last_at)
    return False


async def _raise(connection: "Connection", burst: Burst, instant: datetime) -> None:
    body = await connection.fetchval(BODY, burst.cases[0])
    shot = msgspec.json.decode(body, type=Body).snapshot
    epoch = await connection.fetchval("select delivery.epoch()")
    notice = NoticeIssued(
        event_id=event_id_of(epoch, "burst", burst.item, burst.place, burst.began_at.isoformat()),
        at=instant,
        kind="burst",
        units=tuple(unit for unit in (COMMAND_CENTER, shot.subdistrict, shot.lead) if unit),
        subject="同一地点同类问题集中上报",
        facts={
            "item": burst.item,
            "place": burst.place,
            "cases": len(burst.cases),
            "first": shot.number,
            "began_at": burst.began_at.isoformat(),
            "reached_at": burst.reached_at.isoformat(),
        },
    )
    await connection.execute(
        NOTE, burst.item, burst.place, burst.began_at, burst.last_at, len(burst.cases), notice.event_id
    )
    await connection.execute("select ledger.issue_notice($1, $2, $3)", notice.event_id, instant, encode(notice))
