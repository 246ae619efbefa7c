"""Drafts of bulletins: the newest figures of a month, replaced as facts come, until a person publishes them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from services.appraisal.domain.behind import Behind
from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.periods import Period, rests_on
from services.appraisal.store.completeness import Taken, entries_in
from services.appraisal.store.facts import LOOK_BACK
from services.appraisal.store.months import read_town
from services.appraisal.store.publishing import Graded, graded_half_year, published_months
from services.appraisal.store.workbook import workbook_of
from services.chassis.apart import WorkRefusedError

if TYPE_CHECKING:
    from services.identity.actors import Connection

BYTES_MAX: Final = 64 * 1024 * 1024
"""Each of a bulletin's two files has less, as the table checks: 400,000 cases a month, fewer where many are late."""
SAVE: Final = """
    insert into appraisal.drafts (period, body, workbook, compiled_at, over, graded, starts, ends, facts, notices,
        missing, rests_on, entries, behind)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    on conflict (period) do update set body = $2, workbook = $3, compiled_at = $4, over = $5, graded = $6, starts = $7,
        ends = $8, facts = $9, notices = $10, missing = $11, rests_on = $12, entries = $13,
        behind = $14
"""
IS_PUBLISHED: Final = """
    select exists (select from appraisal.bulletins where period = $1)
        or exists (select from appraisal.grades where period = $1 and grade is null)
"""
# Of a case promised into the month the facts of a year may count: a late one of long ago changes figures, too.
STANDING: Final = """
    select (select count(*) from appraisal.facts where at >= $1::timestamptz - $3::interval and at < $2) as facts,
        (select count(*) from appraisal.notices where at >= $1 and at < $2) as notices,
        reference.version_at($2::timestamptz - interval '1 microsecond') as version
"""


IS_DRAFTED: Final = """
    select exists (select from appraisal.drafts where period = $1 and entries = $2)
        or exists (select from appraisal.grades where period = $1)
"""


class DraftTooLargeError(WorkRefusedError):
    """A month has too many cases for one bulletin."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a draft was compiled from, as far as it needs to be compared."""

    facts: int
    notices: int
    version: int | None
    over: bool
    entries: int = 0


async def standing_of(
    connection: "Connection", period: Period, now: datetime, rests_on: Sequence[str] = ()
) -> Standing | None:
    """Return what there is to compile; None where the month or week is published or has nothing in it."""
    if await connection.fetchval(IS_PUBLISHED, period.name):
        return None
    row = await connection.fetchrow(STANDING, period.starts, period.ends, LOOK_BACK)
    if row is None or not row["facts"] or row["version"] is None:
        return None
    entries = await entries_in(connection, rests_on)
    return Standing(row["facts"], row["notices"], row["version"], over=now >= period.ends, entries=entries)


async def save_draft(
    connection: "Connection", bulletin: Bulletin, graded: Sequence[Graded], taken: Taken, now: datetime
) -> bytes:
    """Keep a compiled bulletin, and the month's grades, as its draft; return the bulletin's bytes.

    `taken` is what it was compiled from, read in the same transaction: by it an incomplete month is refused.

    Raises:
        DraftTooLargeError: one of its files would have `BYTES_MAX` or more.
    """
    # Ten seconds for the workbook of a busy month: beside the loop, which the watchdog ends when it is silent.
    body, workbook = await asyncio.to_thread(_written, bulletin)
    if max(len(body), len(workbook)) >= BYTES_MAX:
        raise DraftTooLargeError(
            f"{bulletin.period}: {len(bulletin.cases)} cases make a bulletin of {len(body):,} bytes and a workbook of"
            f" {len(workbook):,}; each must have less than {BYTES_MAX:,}"
        )
    period = Period(bulletin.period, bulletin.starts, bulletin.ends)
    await _save(connection, period, (body, workbook), (_drafted(graded), None), taken, now)
    return body


async def save_grades(
    connection: "Connection",
    period: Period,
    graded: Sequence[Graded],
    taken: Taken,
    now: datetime,
    behind: Behind | None = None,
) -> None:
    """Keep a week's points with the cases behind them, or a half-year's grades, as a draft; `taken` as for a month."""
    listed = None if behind is None else msgspec.json.encode(behind).decode()
    await _save(connection, period, (None, None), (_drafted(graded), listed), taken, now)


async def draft_half_year(connection: "Connection", half: Period, zone: ZoneInfo, now: datetime) -> None:
    """Keep the grades of a half-year as their draft, once its months are published, in a transaction of the caller's.

    Nothing is done where it is published, or nothing of it was since it was drafted.

    Raises:
        NotPublishedError: a month of it is not published yet.
        NothingInForceError: no reference version is published.
    """
    months = rests_on(half, zone)
    entries = await entries_in(connection, months)
    if await connection.fetchval(IS_DRAFTED, half.name, entries):
        return
    published = await published_months(connection, half, zone)
    town = await read_town(connection, half)
    graded = graded_half_year(published, half, zone, town.policy.grading)
    await save_grades(connection, half, graded, Taken(0, 0, 0, months, entries), now)


async def _save(
    connection: "Connection",
    period: Period,
    files: tuple[bytes | None, bytes | None],
    told: tuple[str, str | None],
    taken: Taken,
    now: datetime,
) -> None:
    graded, behind = told
    whole = (period.starts, period.ends, taken.facts, taken.notices, taken.missing, list(taken.rests_on), taken.entries)
    await connection.execute(SAVE, period.name, *files, now, now >= period.ends, graded, *whole, behind)


def _drafted(graded: Sequence[Graded]) -> str:
    told = [{"unit": one.unit, "grade": one.grade, "points": str(one.points)} for one in graded]
    return msgspec.json.encode(told).decode()


def _written(bulletin: Bulletin) -> tuple[bytes, bytes]:
    return canonical(bulletin), workbook_of(bulletin)
