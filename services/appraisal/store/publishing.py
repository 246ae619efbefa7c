"""What a person publishes and corrects: the appraisal's own rows, never changed and never rebuilt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg
import msgspec

from services.appraisal.domain.counting import Month
from services.appraisal.domain.grades import HalfYearGrade, MonthGrade, half_year_grade, month_grades
from services.appraisal.domain.periods import Period
from services.appraisal.domain.points import mean_of, points_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

Grade = MonthGrade | HalfYearGrade
PUBLISH: Final = "select appraisal.publish_grades($1, $2, $3, $4, $5)"
CORRECT: Final = "select appraisal.correct_grade($1, $2, $3, $4, $5)"
PUBLISH_BULLETIN: Final = "select appraisal.publish_bulletin($1, $2, $3)"
ENTRIES: Final = """
    select period, unit, entry, grade, points, reason, at from appraisal.grades
    where period = any ($1) order by period, unit, entry
"""
IN_FORCE: Final = """
    select distinct on (period, unit) period, unit, grade from appraisal.grades
    where period = any ($1) order by period, unit, entry desc
"""


class NotPublishedError(ValueError):
    """It may not be published or corrected so; the message says why."""


class Graded(msgspec.Struct, frozen=True):
    """A unit's grade of a period, and the mean weekly points behind it."""

    unit: str
    grade: Grade
    points: Fraction


def graded_month(month: Month) -> Sequence[Graded]:
    """Return the grades of a month: units of a kind against each other, by their mean weekly points."""
    weeks = [points_of(month.records, week) for week in month.weeks]
    active = {unit for week in weeks for unit in week} | {record.snapshot.lead for record in month.records}
    graded: list[Graded] = []
    for kind in sorted(set(month.town.kinds.values())):
        units = sorted(unit for unit in active if month.town.kinds.get(unit) == kind)
        points = {unit: mean_of(weeks, unit, month.town.policy.grading) for unit in units}
        grades = month_grades(points, month.town.policy.grading) if points else {}
        graded += [Graded(unit, grades[unit], points[unit]) for unit in units]
    return graded


async def graded_half_year(connection: "Connection", half: Month, months: Sequence[Period]) -> Sequence[Graded]:
    """Return the grades of a half-year, from its months as published and corrected, and its weekly points.

    Raises:
        NotPublishedError: a month of it is not published yet.
    """
    names = [month.name for month in months]
    rows = await connection.fetch(IN_FORCE, names)
    missing = sorted(set(names) - {row["period"] for row in rows})
    if missing:
        raise NotPublishedError(f"not published yet: {', '.join(missing)}")
    grades: dict[str, list[MonthGrade]] = {}
    for row in rows:
        grades.setdefault(row["unit"], []).append(cast("MonthGrade", row["grade"]))
    weeks, grading = [points_of(half.records, week) for week in half.weeks], half.town.policy.grading
    return [
        Graded(unit, half_year_grade(known, points, grading), points)
        for unit, known in sorted(grades.items())
        for points in [mean_of(weeks, unit, grading)]
    ]


async def publish_grades(connection: "Connection", period: Period, graded: Sequence[Graded], token_hash: bytes) -> int:
    """Publish grades as entry 1; return how many. Raises NotPublishedError."""
    units, grades = [one.unit for one in graded], [one.grade for one in graded]
    points = [str(one.points) for one in graded]
    published: int = await _asked(connection, PUBLISH, period.name, units, grades, points, token_hash)
    return published


async def correct_grade(
    connection: "Connection", period: str, unit: str, grade: str, reason: str, token_hash: bytes
) -> int:
    """Enter what the grade should have been; return the entry's number. Raises NotPublishedError."""
    entry: int = await _asked(connection, CORRECT, period, unit, grade, reason, token_hash)
    return entry


async def publish_bulletin(connection: "Connection", period: str, seen: bytes, token_hash: bytes) -> datetime:
    """Publish the draft whose bytes have this SHA-256. Raises NotPublishedError."""
    published_at: datetime = await _asked(connection, PUBLISH_BULLETIN, period, seen, token_hash)
    return published_at


async def entries_of(connection: "Connection", period: str) -> Sequence[Mapping[str, object]]:
    """Return every entry of a period: publications and what corrected them, in order."""
    return [dict(row) for row in await connection.fetch(ENTRIES, [period])]


async def _asked(connection: "Connection", statement: str, *given: object) -> Any:
    try:
        return await connection.fetchval(statement, *given)
    except (
        asyncpg.UniqueViolationError,
        asyncpg.CheckViolationError,
        asyncpg.InsufficientPrivilegeError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.NoDataFoundError,
        asyncpg.SerializationError,
        asyncpg.ObjectNotInPrerequisiteStateError,
    ) as error:
        raise NotPublishedError(str(error)) from error
