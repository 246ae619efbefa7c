"""Whether the appraisal has everything the ledger stated by a month's end: less than that is never published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from services.appraisal.domain.periods import Period
from services.appraisal.store.facts import LOOK_BACK

if TYPE_CHECKING:
    from services.identity.actors import Connection

SLICE: Final = timedelta(days=31)
"""A year of facts in one statement would outlast its deadline."""
IN_MONTH: Final = """
    select (select count(*) from appraisal.facts where at >= $1 and at < $2) as facts,
        (select count(*) from appraisal.notices where at >= $1 and at < $2) as notices
"""
ENTRIES: Final = "select count(*) from appraisal.grades where period = any ($1)"
MISSING: Final = """
    select (select count(*) from ledger.fact_keys k where k.at >= $1 and k.at < $2
            and not exists (select from appraisal.facts f where f.case_id = k.id and f.version = k.version))
        + (select count(*) from ledger.notice_keys k where k.at >= $1 and k.at < $2
            and not exists (select from appraisal.notices n where n.notice_id = k.id))
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a draft was compiled from."""

    facts: int
    notices: int
    missing: int | None
    """Stated by the ledger by the month's end and not taken, at least so many; None: nobody looked."""
    rests_on: tuple[str, ...] = ()
    """Periods whose published entries went into the grades, and how many entries they had."""
    entries: int = 0


async def taken_of(connection: "Connection", period: Period, *, over: bool, rests_on: tuple[str, ...] = ()) -> Taken:
    """Return what there is of a period, in the transaction in which it is read; looks for gaps once it is over."""
    row = await connection.fetchrow(IN_MONTH, period.starts, period.ends)
    facts, notices = (0, 0) if row is None else (row["facts"], row["notices"])
    missing = await missing_of(connection, period) if over else None
    return Taken(facts, notices, missing, rests_on, await entries_in(connection, rests_on))


async def entries_in(connection: "Connection", periods: Sequence[str]) -> int:
    """Return how many entries are published for some periods, corrections included."""
    entries: int = await connection.fetchval(ENTRIES, list(periods)) if periods else 0
    return entries


async def missing_of(connection: "Connection", period: Period) -> int:
    """Return how much of what the ledger stated by the period's end was not taken; 0 only if nothing is missing."""
    for starts, ends in _slices(period):
        missing: int = await connection.fetchval(MISSING, starts, ends)
        if missing:
            return missing
    return 0


def _slices(period: Period) -> Iterator[tuple[datetime, datetime]]:
    ends, first = period.ends, period.starts - LOOK_BACK
    while ends > first:
        yield ends - SLICE, ends
        ends -= SLICE
