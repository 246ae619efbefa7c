"""`whistle appraisal publish | grades | correct`: grades of months and half-years, points of weeks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import typer

from services.appraisal.domain.periods import Period, is_half_year, is_week
from services.appraisal.store.drafting import keep_draft
from services.appraisal.store.drafts import draft_half_year
from services.appraisal.store.months import read_town
from services.appraisal.store.publishing import (
    Graded,
    correct_grade,
    entries_of,
    graded_half_year,
    graded_month,
    graded_week,
    publish_drafted,
    published_months,
)
from services.whistle.audit import note
from services.whistle.bulletins import (
    ZONE,
    Reason,
    Span,
    asked,
    named,
    one_instant,
    publish_month,
    read_span,
    read_with_gaps,
)
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError
from services.whistle.publishing import NOW
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import own_token

GRADES: Final = ("unit", "entry", "grade", "points", "reason")


def publish(
    period: Span,
    *,
    what: Annotated[
        str, typer.Option(help="bulletin or grades; a week and a half-year have grades only.")
    ] = "bulletin",
    as_json: AsJson = False,
) -> None:
    """Publish a bulletin, grades or a week's points, as the person of WHISTLE_CLI_TOKEN; what was published stays."""
    if what not in {"bulletin", "grades"}:
        raise typer.BadParameter("--what is bulletin or grades")
    of_a_month = what == "bulletin" and not is_week(period) and not is_half_year(period)
    answer(publish_month(period) if of_a_month else _publish_grades(period), as_json=as_json)


def grades(period: Span, *, as_json: AsJson = False) -> None:
    """Show what was published and corrected for a period; before that, what the facts come to."""
    answer(_grades(period), as_json=as_json)


def correct(
    period: Span,
    unit: Annotated[str, typer.Argument()],
    grade: Annotated[str, typer.Argument(help="advanced, ordinary, backward; good, fair, poor; of a week its points.")],
    reason: Reason,
    *,
    as_json: AsJson = False,
) -> None:
    """Correct a published grade by a further entry, as the person of WHISTLE_CLI_TOKEN."""
    answer(_correct(period, unit, grade, reason), as_json=as_json)


async def _publish_grades(name: str) -> Answer:
    period, token = named(name), own_token()
    async with as_operator() as connection:
        now = await connection.fetchval(NOW)
        if now < period.ends:
            raise RefusedError(f"{name} is not over")
        await asked(_draft(connection, period, now))
        count = await asked(publish_drafted(connection, name, token))
        await note(connection, "grades published", name, {"units": count})
    return Answer({"period": name, "units": count}, [f"grades of {count} units are published"])


async def _grades(name: str) -> Answer:
    async with as_operator() as connection:
        rows = [tuple(entry[key] or "" for key in GRADES) for entry in await entries_of(connection, name)]
        published = bool(rows)
        if not published:
            graded = await _graded(connection, named(name))
            rows = [(one.unit, 0, one.grade or "", str(one.points), "") for one in graded]
    told = {"published": published, "grades": [dict(zip(GRADES, row, strict=True)) for row in rows]}
    return Answer(told, [table(GRADES, rows), "published" if published else "not published"])


async def _correct(period: str, unit: str, grade: str, reason: str) -> Answer:
    token = own_token()
    async with as_operator() as connection:
        entry = await asked(correct_grade(connection, period, unit, grade, reason, token))
        await note(connection, "grade corrected", f"{period} {unit}", {"entry": entry, "grade": grade})
    return Answer({"period": period, "unit": unit, "entry": entry}, [f"entry {entry} of {unit} says {grade}"])


async def _draft(connection: Connection, period: Period, now: datetime) -> None:
    """Draft grades from what there is now; whether that is enough the database says when they are published."""
    if is_half_year(period.name):
        async with connection.transaction(isolation="repeatable_read"):
            await draft_half_year(connection, period, ZONE, now)
        return
    read, taken = await read_with_gaps(connection, period)
    await keep_draft(connection, read, taken, now)


async def _graded(connection: Connection, period: Period) -> Sequence[Graded]:
    if is_half_year(period.name):
        async with one_instant(connection):
            town = await read_town(connection, period)
            months = await asked(published_months(connection, period, ZONE))
        return graded_half_year(months, period, ZONE, town.policy.grading)
    read = await read_span(connection, period)
    return graded_week(read) if is_week(period.name) else graded_month(read)
