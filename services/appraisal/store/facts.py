"""The facts that figures are computed from: kept in one statement per batch, read a case at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from services.appraisal.domain.kept import Body, KeptFact, KeptNotice
from services.appraisal.domain.periods import Period
from services.appraisal.ports import Row
from services.appraisal.store.grouping import READ_AT_ONCE, grouped
from services.chassis.columns import column
from services.chassis.postgres import Pool

if TYPE_CHECKING:
    from services.identity.actors import Connection

KEEP: Final = """
    insert into appraisal.facts (case_id, version, at, what, item, place, due_at, body)
    select * from unnest($1::text::uuid[], $2::text::integer[], $3::text::timestamptz[], $4::text::text[],
        $5::text::text[], $6::text::text[], $7::text::timestamptz[], $8::bytea[])
    on conflict do nothing
"""
KEEP_NOTICES: Final = """
    insert into appraisal.notices (notice_id, at, kind, department, refused, first)
    select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::integer[], $6::text[])
    on conflict do nothing
"""
LOOK_BACK: Final = timedelta(days=400)
"""A case may stand still for a year; what was opened longer ago and never closed has had its steps long since."""
# Whatever a period may count: what happened in it, what was promised into it and ended before, and what is open still.
TOUCHED: Final = """
    with touched as (
        select case_id from appraisal.facts where at >= $1 and at < $2
        union select case_id from appraisal.facts where due_at >= $1 and due_at < $2
        union select o.case_id from appraisal.facts o
        where o.what = 'opened' and o.at >= $1::timestamptz - $3::interval and o.at < $1
            and not exists (select from appraisal.facts e where e.case_id = o.case_id and e.due_at is not null)
    )
    select f.case_id, f.version, f.at, f.what, f.body from appraisal.facts f
    where f.case_id in (select case_id from touched) and f.body is not null and f.at < $2
    order by f.case_id, f.version
"""
REFUSALS: Final = """
    select notice_id, at, kind, department, refused, first from appraisal.notices
    where department is not null and at >= $1 and at < $2 order by at, notice_id
"""


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """Tables `appraisal.facts` and `appraisal.notices`."""

    pool: Pool

    async def keep_once(self, rows: Sequence[Row]) -> int:
        tag = await self.pool.execute(
            KEEP,
            column([row.case_id for row in rows]),
            column([row.version for row in rows]),
            column([row.at for row in rows]),
            column([row.what for row in rows]),
            column([row.item for row in rows]),
            column([row.place for row in rows]),
            column([row.due_at for row in rows]),
            [row.body for row in rows],
        )
        return int(tag.rpartition(" ")[2])

    async def keep_notices_once(self, notices: Sequence[KeptNotice]) -> int:
        tag = await self.pool.execute(
            KEEP_NOTICES,
            [notice.notice_id for notice in notices],
            [notice.at for notice in notices],
            [notice.kind for notice in notices],
            [notice.department for notice in notices],
            [notice.refused for notice in notices],
            [notice.first for notice in notices],
        )
        return int(tag.rpartition(" ")[2])


async def facts_touching(connection: "Connection", period: Period) -> AsyncIterator[list[KeptFact]]:
    """Yield the facts of each case a period may count, case by case, in a transaction of the caller's."""
    rows = connection.cursor(TOUCHED, period.starts, period.ends, LOOK_BACK, prefetch=READ_AT_ONCE)
    facts = (
        KeptFact(
            case_id=row["case_id"],
            version=row["version"],
            at=row["at"],
            what=row["what"],
            body=_DECODER.decode(row["body"]),
        )
        async for row in rows
    )
    async for of_a_case in grouped(facts, attrgetter("case_id")):
        yield of_a_case


async def refusals_in(connection: "Connection", period: Period) -> list[KeptNotice]:
    """Return the refused tasks of a period, in the order of time."""
    rows = await connection.fetch(REFUSALS, period.starts, period.ends)
    return [KeptNotice(**dict(row)) for row in rows]


_DECODER: Final = msgspec.json.Decoder(Body)
