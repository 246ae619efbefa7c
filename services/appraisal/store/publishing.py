"""What a person publishes and corrects: the appraisal's own rows, never changed and never rebuilt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, cast
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from services.appraisal.domain.counting import Month
from services.appraisal.domain.grades import HalfYearGrade, MonthGrade, half_year_grade, month_grades
from services.appraisal.domain.periods import Period, is_week, months_in, weeks_in
from services.appraisal.domain.points import points_of, sum_of
from services.reference.model.appraising import Grading

if TYPE_CHECKING:
    from services.identity.actors import Connection

Grade = MonthGrade | HalfYearGrade
PUBLISH: Final = "select appraisal.publish_grades($1, $2, $3, $4, $5)"
PUBLISH_DRAFTED: Final = """
    select appraisal.publish_drafted_grades($1, (select seen from appraisal.grades_drafted where period = $1), $2)
"""
CORRECT_POINTS: Final = "select appraisal.correct_points($1, $2, $3, $4, $5)"
CORRECT: Final = "select appraisal.correct_grade($1, $2, $3, $4, $5)"
PUBLISH_BULLETIN: Final = "select appraisal.publish_bulletin($1, $2, $3)"
ENTRIES: Final = """
    select period, unit, entry, grade, points, reason, at from appraisal.grades
    where period = any ($1) order by period, unit, entry
"""
IN_FORCE: Final = """
    select distinct on (period, unit) period, unit, grade, points from appraisal.grades
    where period = any ($1) order by period, unit, entry desc
"""


class NotPublishedError(ValueError):
    """It may not be published or corrected so; the message says why."""


class Graded(msgspec.Struct, frozen=True):
    """A unit's grade of a period, and the mean weekly points behind it; of a week its points and no grade."""

    unit: str
    grade: Grade | None
    points: Fraction


def graded_month(month: Month) -> Sequence[Graded]:
    """Return the grades of a month: units of a kind against each other, by their mean weekly points.

    A week that is published counts as published and corrected, the others as the facts tell.
    """
    grading = month.town.policy.grading
    weeks = [_in_force(month, week) for week in month.weeks]
    active = {unit for week in weeks for unit in week} | {record.snapshot.lead for record in month.ordinary}
    graded: list[Graded] = []
    for kind in sorted(set(month.town.kinds.values())):
        units = sorted(unit for unit in active if month.town.kinds.get(unit) == kind)
        points = {unit: _mean([week.get(unit, Fraction()) for week in weeks]) for unit in units}
        grades = month_grades(points, grading) if points else {}
        graded += [Graded(unit, grades[unit], points[unit]) for unit in units]
    return graded


def graded_week(week: Month) -> Sequence[Graded]:
    """Return the points of a week: of every unit that led a case then, was called, or whistled wrongly."""
    points = points_of(week.ordinary, week.period)
    kinds, grading = week.town.kinds, week.town.policy.grading
    leads = {record.snapshot.lead for record in week.ordinary if record.snapshot.lead in kinds}
    return [Graded(unit, None, Fraction(sum_of(points.get(unit, {}), grading))) for unit in sorted({*points, *leads})]


async def published_months(connection: "Connection", half: Period, zone: ZoneInfo) -> Sequence[Mapping[str, Any]]:
    """Return each unit's grade and points in force of the months of a half-year.

    Raises:
        NotPublishedError: a month of it is not published yet.
    """
    months = [month.name for month in months_in(half, zone)]
    rows = await connection.fetch(IN_FORCE, months)
    if missing := sorted(set(months) - {row["period"] for row in rows}):
        raise NotPublishedError(f"{half.name} is not complete; not published yet: {', '.join(missing)}")
    return [dict(row) for row in rows]


def graded_half_year(
    rows: Sequence[Mapping[str, Any]], half: Period, zone: ZoneInfo, grading: Grading
) -> Sequence[Graded]:
    """Return the grades of a half-year, wholly from its months as published and corrected.

    Its points are the mean over its weeks: each month's published mean counts as often as it has weeks.
    """
    weeks = {month.name: len(weeks_in(month, zone)) for month in months_in(half, zone)}
    grades: dict[str, list[MonthGrade]] = defaultdict(list)
    points: dict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        grades[row["unit"]].append(cast("MonthGrade", row["grade"]))
        points[row["unit"]] += Fraction(row["points"]) * weeks[row["period"]]
    means = {unit: total / sum(weeks.values()) for unit, total in points.items()}
    return [
        Graded(unit, half_year_grade(known, means[unit], grading), means[unit])
        for unit, known in sorted(grades.items())
    ]


def _in_force(month: Month, week: Period) -> Mapping[str, Fraction]:
    """Return a week's points by unit: as published, else as the facts tell."""
    if week.name in month.published_weeks:
        return month.published_weeks[week.name]
    grading = month.town.policy.grading
    return {unit: Fraction(sum_of(kinds, grading)) for unit, kinds in points_of(month.ordinary, week).items()}


def _mean(points: Sequence[Fraction]) -> Fraction:
    return sum(points, Fraction()) / len(points) if points else Fraction()


async def publish_grades(connection: "Connection", period: Period, graded: Sequence[Graded], token_hash: bytes) -> int:
    """Publish grades as entry 1; return how many. Raises NotPublishedError."""
    units, grades = [one.unit for one in graded], [one.grade for one in graded]
    points = [str(one.points) for one in graded]
    published: int = await _asked(connection, PUBLISH, period.name, units, grades, points, token_hash)
    return published


async def publish_drafted(connection: "Connection", period: str, token_hash: bytes) -> int:
    """Publish the grades, or a week's points, that were drafted in this transaction. Raises NotPublishedError."""
    published: int = await _asked(connection, PUBLISH_DRAFTED, period, token_hash)
    return published


async def correct_grade(
    connection: "Connection", period: str, unit: str, grade: str, reason: str, token_hash: bytes
) -> int:
    """Enter what the grade, or a week's points, should have been; return the entry's number.

    Raises:
        NotPublishedError: nothing is published for the unit, or the period has no such grade or points.
    """
    statement = CORRECT_POINTS if is_week(period) else CORRECT
    entry: int = await _asked(connection, statement, period, unit, grade, reason, token_hash)
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
