"""Points of weeks and grades of half-years as the appraisal drafted or published them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from services.desk.queries.asking import Asking
from services.desk.queries.bulletins import GRADES

PERIODS_MAX: Final = 30
PERIODS: Final = f"""
    select period, published_at from appraisal.gradings_shown
    order by period ~ 'H' desc, period desc limit {PERIODS_MAX}
"""
DRAFTED: Final = "select graded::text as graded, seen, over, missing from appraisal.grades_drafted where period = $1"


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """A week or a half-year."""

    period: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingShown:
    """A week or a half-year: every entry that was published, else the draft."""

    rows: Sequence[Mapping[str, Any]]
    published_at: datetime | None = None
    digest: str = ""
    """Of the draft, by which a person publishes what they have seen."""
    over: bool = True
    complete: bool = True

    @property
    def may_be_published(self) -> bool:
        return self.published_at is None and self.over and self.complete


async def gradings(asking: Asking, *, drafts: bool) -> Sequence[PeriodShown]:
    """Return the half-years and weeks there are, the last first; without `drafts` the published ones."""
    rows = [PeriodShown(**row) for row in await asking.connection.fetch(PERIODS)]
    return [row for row in rows if drafts or row.published_at]


async def grading_of(asking: Asking, period: str) -> GradingShown | None:
    """Return a week's points or a half-year's grades; None where there are none."""
    entries = [dict(row) for row in await asking.connection.fetch(GRADES, period)]
    if entries:
        return GradingShown(rows=entries, published_at=min(row["at"] for row in entries))
    row = await asking.connection.fetchrow(DRAFTED, period)
    if row is None:
        return None
    drafted = [{**each, "entry": 1, "reason": ""} for each in msgspec.json.decode(row["graded"])]
    return GradingShown(rows=drafted, digest=row["seen"].hex(), over=row["over"], complete=row["missing"] == 0)
