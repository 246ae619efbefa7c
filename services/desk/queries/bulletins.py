"""Bulletins as the appraisal compiled them, which of their cases a person may open, and the word that publishes one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from services.chassis.web.problems import Problem, of_status
from services.desk.queries.asking import Asking

Kind = Literal["week", "month", "half_year"]
MONTHS_MAX: Final = 36
MONTHS: Final = f"""
    select period, published_at, over from appraisal.bulletins_shown order by period desc limit {MONTHS_MAX}
"""
ONE: Final = "select body, sha256, published_at, over, missing from appraisal.bulletins_shown where period = $1"
WORKBOOK: Final = "select body, workbook, published_at from appraisal.bulletins_shown where period = $1"
GRADES: Final = """
    select unit, entry, grade, points, reason, at, kind from appraisal.grades_shown
    where period = $1 order by unit, entry
"""
SAMPLES: Final = """
    select seed, size, cases, numbers, drawn_at from appraisal.samples_shown where period = $1 order by drawn_at
"""
VISIBLE: Final = "select case_id from ledger.cases where case_id = any ($1)"
PUBLISH: Final = "select appraisal.publish_bulletin($1, $2, $3)"
DRAFTED: Final = "select graded::text as graded, seen, over from appraisal.grades_drafted where period = $1"
PUBLISH_GRADES: Final = "select appraisal.publish_drafted_grades($1, $2, $3)"
CORRECT_POINTS: Final = "select appraisal.correct_points($1, $2, $3, $4, $5)"
CORRECT: Final = "select appraisal.correct_grade($1, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class MonthShown:
    period: str
    published_at: datetime | None
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinShown:
    """A bulletin: what was published, else the draft."""

    told: Mapping[str, Any]
    digest: str
    """SHA-256 of its bytes, by which a person publishes what they have seen."""
    published_at: datetime | None
    over: bool
    missing: int | None
    """Facts of the ledger that were not there when it was compiled; None: nobody looked."""
    grades: Sequence[Mapping[str, Any]]
    samples: Sequence[Mapping[str, Any]]

    @property
    def may_be_published(self) -> bool:
        return self.published_at is None and self.over and self.missing == 0

    def cases_of(self, name: str) -> Sequence[tuple[str, UUID]]:
        """Return number and id of the cases behind a figure; none for a name that is no figure's."""
        cases, lists = self.told.get("cases", ()), self.told.get("lists", {})
        # Of a unit's points as a whole there is no list but of each kind.
        names = [one for one in lists if one.startswith(f"{name}/")] if name.endswith("/points") else [name]
        return [(cases[place][0], UUID(cases[place][1])) for one in names for place in lists.get(one, ())]

    @property
    def with_points(self) -> frozenset[str]:
        """The units whose points open a list."""
        return frozenset(name.partition("/points/")[0] for name in self.told.get("lists", {}) if "/points/" in name)


@dataclass(frozen=True, slots=True)
class GradesDrafted:
    """What the facts come to: unit, grade and points each."""

    rows: Sequence[Mapping[str, str]]
    digest: str
    """By which a person publishes what they have seen."""
    over: bool


async def months(asking: Asking) -> Sequence[MonthShown]:
    """Return the months there are, the last first."""
    return [MonthShown(**row) for row in await asking.connection.fetch(MONTHS)]


async def bulletin_of(asking: Asking, period: str) -> BulletinShown | None:
    """Return a month's bulletin."""
    row = await asking.connection.fetchrow(ONE, period)
    if row is None:
        return None
    return BulletinShown(
        told=msgspec.json.decode(row["body"]),
        digest=row["sha256"].hex(),
        published_at=row["published_at"],
        over=row["over"],
        missing=row["missing"],
        grades=[dict(each) for each in await asking.connection.fetch(GRADES, period)],
        samples=[dict(each) for each in await asking.connection.fetch(SAMPLES, period)],
    )


async def drafted_grades(asking: Asking, period: str) -> GradesDrafted | None:
    """Return the grades that nobody published yet; None where there are none, or they are published."""
    row = await asking.connection.fetchrow(DRAFTED, period)
    if row is None:
        return None
    return GradesDrafted(msgspec.json.decode(row["graded"]), row["seen"].hex(), over=row["over"])


async def files_of(asking: Asking, period: str) -> Mapping[str, Any] | None:
    """Return `body` and `workbook` as they are stored."""
    row = await asking.connection.fetchrow(WORKBOOK, period)
    return None if row is None else dict(row)


async def visible(asking: Asking, cases: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of the cases that the person may open."""
    rows = await asking.connection.fetch(VISIBLE, list(cases))
    return frozenset(UUID(int=row["case_id"].int) for row in rows)


async def publish(connection: Any, period: str, seen: bytes, token_hash: bytes) -> None:
    """Publish the draft that the person has seen. Raises Problem, as `refusals_told` says."""
    with refusals_told():
        await connection.fetchval(PUBLISH, period, seen, token_hash)


async def publish_grades(connection: Any, period: str, seen: bytes, token_hash: bytes) -> None:
    """Publish the grades that the person has seen. Raises Problem, as `refusals_told` says."""
    with refusals_told():
        await connection.fetchval(PUBLISH_GRADES, period, seen, token_hash)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Say why nothing was published.

    Raises:
        Problem: it changed since, its month is not over or not complete, it was published already, or the person is
            not the center's leader.
    """
    try:
        yield
    except asyncpg.SerializationError:
        raise Problem("draft-changed", "The draft changed", 409, "Look at it again before you publish it.") from None
    except asyncpg.NoDataFoundError:
        raise Problem("month-not-over", "The month is not over", 409) from None
    except asyncpg.ObjectNotInPrerequisiteStateError as error:
        raise Problem("month-incomplete", "The month is not complete", 409, str(error)) from None
    except asyncpg.UniqueViolationError:
        raise Problem("published-already", "Published already", 409) from None
    except asyncpg.InsufficientPrivilegeError:
        raise Problem("not-yours-to-do", "Not yours to do", 403) from None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a unit's published grade, or a week's points, should have been."""

    period: str
    kind: Kind
    unit: str
    grade: str
    reason: str


async def correct_grade(connection: Any, entry: Correction, token_hash: bytes) -> None:
    """Correct a published grade, or a week's points, by a further entry; what was published stays beside it.

    Raises:
        Problem: nothing is published for the unit, the grade is none of the period, or the person is not the leader.
    """
    try:
        statement = CORRECT_POINTS if entry.kind == "week" else CORRECT
        await connection.fetchval(statement, entry.period, entry.unit, entry.grade, entry.reason, token_hash)
    except asyncpg.NoDataFoundError:
        raise of_status(404) from None
    except asyncpg.CheckViolationError:
        raise Problem("no-such-grade", "No such grade", 422) from None
    except asyncpg.InsufficientPrivilegeError:
        raise Problem("not-yours-to-do", "Not yours to do", 403) from None
