"""Drafts of bulletins: the newest figures of a month, replaced as facts come, until a person publishes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.periods import Period
from services.appraisal.store.workbook import workbook_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

SAVE: Final = """
    insert into appraisal.drafts (period, body, workbook, compiled_at, over) values ($1, $2, $3, $4, $5)
    on conflict (period) do update set body = $2, workbook = $3, compiled_at = $4, over = $5
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


async def save_draft(connection: "Connection", bulletin: Bulletin, now: datetime) -> bytes:
    """Keep a compiled bulletin as the month's draft; return its bytes."""
    body = canonical(bulletin)
    over = now >= bulletin.ends
    await connection.execute(SAVE, bulletin.period, body, workbook_of(bulletin), now, over)
    return body
