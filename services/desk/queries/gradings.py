"""Points of weeks and grades of half-years as the appraisal drafted or published them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.desk.queries.asking import Asking
from services.desk.queries.bulletins import GRADES, Kind

PERIODS_MAX: Final = 30
PERIODS: Final = f"""
    select period, published_at, kind from appraisal.gradings_shown
    order by kind = 'half_year' desc, period desc limit {PERIODS_MAX}
"""
DRAFTED: Final = """
    select graded::text as graded, seen, over, missing, kind from appraisal.grades_drafted where period = $1
"""
KIND: Final = "select kind from appraisal.grades_shown where period = $1 limit 1"
BEHIND: Final = "select behind::text from appraisal.lists_shown where period = $1"
# A half-year rests on its months: what is behind its points stands in their bulletins.
BODIES: Final = """
    select body from appraisal.bulletins_shown where period = any ($1) and published_at is not null order by period
"""
POINTS: Final = "/points/"
"""In the name of a bulletin's list: whose points, and what gave them."""


@dataclass(frozen=True, slots=True)
class PeriodShown:
    """A week or a half-year."""

    period: str
    published_at: datetime | None
    kind: Kind


class Behind(msgspec.Struct, frozen=True):
    """The cases behind points, as the appraisal keeps them: lists by name, of places among the cases."""

    cases: list[tuple[str, UUID]] = []
    lists: dict[str, list[int]] = {}

    def cases_of(self, name: str) -> Sequence[tuple[str, UUID]]:
        """Return number and id of the cases of a list; none for a name that is no list's."""
        return [self.cases[place] for place in self.lists.get(name, ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingShown:
    """A week or a half-year: every entry that was published, else the draft."""

    rows: Sequence[Mapping[str, Any]]
    kind: Kind
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
        return GradingShown(rows=entries, kind=entries[0]["kind"], published_at=min(row["at"] for row in entries))
    row = await asking.connection.fetchrow(DRAFTED, period)
    if row is None:
        return None
    drafted = [{**each, "entry": 1, "reason": ""} for each in msgspec.json.decode(row["graded"])]
    return GradingShown(
        rows=drafted, kind=row["kind"], digest=row["seen"].hex(), over=row["over"], complete=row["missing"] == 0
    )


async def published_kind(asking: Asking, period: str) -> Kind | None:
    """Return what kind of period it is that grades or points were published of; None where none were."""
    kind: Kind | None = await asking.connection.fetchval(KIND, period)
    return kind


async def behind_of(asking: Asking, period: str, kind: Kind) -> Behind:
    """Return the cases behind a week's points, or behind those of a half-year's months."""
    if kind == "week":
        kept = await asking.connection.fetchval(BEHIND, period)
        return Behind() if kept is None else msgspec.json.decode(kept, type=Behind)
    rows = await asking.connection.fetch(BODIES, _months_of(period))
    return _together(msgspec.json.decode(row["body"], type=Behind) for row in rows)


def _months_of(half: str) -> Sequence[str]:
    year, _, which = half.partition("-H")
    first = 1 if which == "1" else 7
    return [f"{year}-{month:02}" for month in range(first, first + 6)]


def _together(months: Iterable[Behind]) -> Behind:
    cases: list[tuple[str, UUID]] = []
    lists: dict[str, list[int]] = {}
    for month in months:
        for name, places in month.lists.items():
            unit, given, _ = name.partition(POINTS)
            if given:
                further = [len(cases) + place for place in places]
                lists.setdefault(name, []).extend(further)
                lists.setdefault(f"{unit}/points", []).extend(further)
        cases += month.cases
    return Behind(cases, lists)
