"""Drafts of bulletins: the newest figures of a month, replaced as facts come, until a person publishes them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.periods import Period
from services.appraisal.store.publishing import Graded
from services.appraisal.store.workbook import workbook_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

SAVE: Final = """
    insert into appraisal.drafts (period, body, workbook, compiled_at, over, graded) values ($1, $2, $3, $4, $5, $6)
    on conflict (period) do update set body = $2, workbook = $3, compiled_at = $4, over = $5, graded = $6
"""
IS_PUBLISHED: Final = "select exists (select from appraisal.bulletins where period = $1)"
STANDING: Final = """
    select (select count(*) from appraisal.facts where at >= $1 and at < $2) as facts,
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
    row = await connection.fetchrow(STANDING, period.starts, period.ends)
    if row is None or not row["facts"] or row["version"] is None:
        return None
    return Standing(row["facts"], row["notices"], row["version"], over=now >= period.ends)


async def save_draft(connection: "Connection", bulletin: Bulletin, graded: Sequence[Graded], now: datetime) -> bytes:
    """Keep a compiled bulletin, and the month's grades, as its draft; return the bulletin's bytes."""
    # Ten seconds for the workbook of a busy month: beside the loop, which the watchdog ends when it is silent.
    body, workbook = await asyncio.to_thread(_written, bulletin)
    over = now >= bulletin.ends
    grades = msgspec.json.encode([{"unit": one.unit, "grade": one.grade, "points": str(one.points)} for one in graded])
    await connection.execute(SAVE, bulletin.period, body, workbook, now, over, grades.decode())
    return body


def _written(bulletin: Bulletin) -> tuple[bytes, bytes]:
    return canonical(bulletin), workbook_of(bulletin)
