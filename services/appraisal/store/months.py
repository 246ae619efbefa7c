"""Everything a month's figures are computed from, read in one transaction."""

from collections.abc import AsyncIterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from services.appraisal.domain.bulletin import Kind
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import Period, rests_on, weeks_in
from services.appraisal.domain.record import Record, folded
from services.appraisal.store.facts import facts_touching, refusals_in
from services.reference.versions.content import version_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

VERSION: Final = """
    select version, active_from, content from reference.versions
    where version = reference.version_at($1::timestamptz - interval '1 microsecond')
"""
WEEKS_IN_FORCE: Final = """
    select distinct on (period, unit) period, unit, points from appraisal.grades
    where period = any ($1) and grade is null order by period, unit, entry desc
"""
KINDS: Final[dict[str, Kind]] = {"department": "department", "company": "company", "branch_office": "branch_office"}


class NothingInForceError(LookupError):
    """No reference version says who there is and how they are judged."""


async def read_month(connection: "Connection", period: Period, zone: ZoneInfo) -> Month:
    """Return a month or half-year as its facts tell it at its end, by the version in force at its last instant.

    Raises:
        NothingInForceError: nothing is published.
    """
    weeks = weeks_in(period, zone)
    starts = min((week.starts for week in weeks), default=period.starts)
    reach = Period(period.name, min(starts, period.starts), period.ends)
    return Month(
        period=period,
        weeks=weeks,
        records=[record async for record in _records(connection, reach)],
        refusals=await refusals_in(connection, period),
        town=await read_town(connection, period),
        published_weeks=await _published(connection, rests_on(period, zone)),
    )


async def read_town(connection: "Connection", period: Period) -> Town:
    """Return who there was, and how they are judged. Raises NothingInForceError."""
    row = await connection.fetchrow(VERSION, period.ends)
    if row is None:
        raise NothingInForceError("no reference version is published")
    version = version_of(row["content"], row["version"], row["active_from"])
    return Town(
        version=version.number,
        policy=version.policies.appraisal,
        names={unit.id: unit.name_zh for unit in version.organisation},
        kinds={unit.id: KINDS[unit.kind] for unit in version.organisation if unit.kind in KINDS},
    )


async def _published(connection: "Connection", weeks: Sequence[str]) -> dict[str, dict[str, Fraction]]:
    points: dict[str, dict[str, Fraction]] = {}
    for row in await connection.fetch(WEEKS_IN_FORCE, list(weeks)):
        points.setdefault(row["period"], {})[row["unit"]] = Fraction(row["points"])
    return points


async def _records(connection: "Connection", reach: Period) -> AsyncIterator[Record]:
    async for facts in facts_touching(connection, reach):
        record = folded(facts, reach.ends)
        if record is not None:
            yield record
