"""Drafts of bulletins: the newest figures of a month, replaced as facts come, until a person publishes them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.periods import Period
from services.appraisal.store.completeness import Taken
from services.appraisal.store.facts import LOOK_BACK
from services.appraisal.store.publishing import Graded
from services.appraisal.store.workbook import workbook_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

SAVE: Final = """
    insert into appraisal.drafts (period, body, workbook, compiled_at, over, graded, starts, ends, facts, notices,
        missing)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (period) do update set body = $2, workbook = $3, compiled_at = $4, over = $5, graded = $6, starts = $7,
        ends = $8, facts = $9, notices = $10, missing = $11
"""
IS_PUBLISHED: Final = "select exists (select from appraisal.bulletins where period = $1)"
# Of a case promised into the month the facts of a year may count: a late one of long ago changes figures, too.
STANDING: Final = """
    select (select count(*) from appraisal.facts where at >= $1::timestamptz - $3::interval and at < $2) as facts,
        (select count(*) from appraisal.notices where at >= $1 and at < $2) as notices,
        reference.version_at($2::timestamptz - interval '1 microsecond') as version
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a draft was compiled from, as far as it needs to be compared."""

    facts: int
    notices: int
    version: int | None
    over: bool


async def standing_of(connection: "Connection", period: Period, now: datetime) -> Standing | None:
    """Return what there is to compile; None where the month is published or has nothing in it."""
    if await connection.fetchval(IS_PUBLISHED, period.name):
        return None
    row = await connection.fetchrow(STANDING, period.starts, period.ends, LOOK_BACK)
    if row is None or not row["facts"] or row["version"] is None:
        return None
    return Standing(row["facts"], row["notices"], row["version"], over=now >= period.ends)


async def save_draft(
    connection: "Connection", bulletin: Bulletin, graded: Sequence[Graded], taken: Taken, now: datetime
) -> bytes:
    """Keep a compiled bulletin, and the month's grades, as its draft; return the bulletin's bytes.

    `taken` is what it was compiled from, read in the same transaction: by it an incomplete month is refused.
    """
    # Ten seconds for the workbook of a busy month: beside the loop, which the watchdog ends when it is silent.
    body, workbook = await asyncio.to_thread(_written, bulletin)
    over = now >= bulletin.ends
    grades = msgspec.json.encode([{"unit": one.unit, "grade": one.grade, "points": str(one.points)} for one in graded])
    whole = (bulletin.starts, bulletin.ends, taken.facts, taken.notices, taken.missing)
    await connection.execute(SAVE, bulletin.period, body, workbook, now, over, grades.decode(), *whole)
    return body


def _written(bulletin: Bulletin) -> tuple[bytes, bytes]:
    return canonical(bulletin), workbook_of(bulletin)
