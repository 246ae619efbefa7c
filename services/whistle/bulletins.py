"""`whistle appraisal bulletin`: a month's figures, compiled, compared and published."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month
from services.appraisal.domain.periods import Period, UnreadablePeriodError, period_of, rests_on
from services.appraisal.store.completeness import Taken, taken_of
from services.appraisal.store.drafts import DraftTooLargeError, save_draft
from services.appraisal.store.months import NothingInForceError, read_month
from services.appraisal.store.publishing import NotPublishedError, graded_month, publish_bulletin
from services.appraisal.store.workbook import workbook_of
from services.whistle.audit import note
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.publishing import NOW
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import own_token

ZONE: Final = ZoneInfo("Asia/Shanghai")
PUBLISHED: Final = "select body from appraisal.bulletins where period = $1"
RATES: Final = ("rate", "counted", "of", "percent")

MonthName = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-03.")]
Span = Annotated[
    str, typer.Argument(metavar="PERIOD", help="A month (2026-03), a week (2026-W10) or a half-year (2026-H1).")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for whoever looks back.")]


def bulletin(
    month: MonthName,
    *,
    out: Annotated[Path | None, typer.Option(help="Write the canonical JSON here, the workbook beside it.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Compile again and compare with what was published.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compile a month's bulletin from the facts; the same facts give the same bytes."""
    answer(_bulletin(month, out, check=check), as_json=as_json)


async def _bulletin(name: str, out: Path | None, *, check: bool) -> Answer:
    async with as_operator() as connection:
        read, taken = await read_with_gaps(connection, named(name))
        compiled = compile_bulletin(read)
        published = await connection.fetchval(PUBLISHED, name)
    body = canonical(compiled)
    if out is not None:
        _write(out, compiled)
    digest = hashlib.sha256(body).hexdigest()
    told: dict[str, Any] = {"period": name, "sha256": digest, "published": published is not None}
    rates = [(kind, rate.counted, rate.of, rate.percent) for kind, rate in compiled.rates.items()]
    told["rates"] = [dict(zip(RATES, row, strict=True)) for row in rates]
    lines: Sequence[Any] = [table(RATES, rates), f"{len(compiled.cases)} cases, sha256 {digest}"]
    if not check:
        return Answer(told, lines)
    if published is None:
        raise RefusedError(f"no bulletin of {name} is published")
    if taken.missing:
        raise RefusedError(f"{name} is not complete: {taken.missing} facts of the ledger are still to come")
    same = bool(published == body)
    said = "the same bytes as published" if same else "NOT what was published"
    return Answer(told | {"same": same}, [said], failed=not same)


def _write(out: Path, compiled: Bulletin) -> None:
    out.write_bytes(canonical(compiled))
    out.with_suffix(".xlsx").write_bytes(workbook_of(compiled))


async def publish_month(name: str) -> Answer:
    """Publish a month's bulletin. Raises RefusedError."""
    period, token = named(name), own_token()
    async with as_operator() as connection:
        read, taken = await read_with_gaps(connection, period)
        compiled: Bulletin = compile_bulletin(read)
        now = await connection.fetchval(NOW)
        body = await asked(save_draft(connection, compiled, graded_month(read), taken, now))
        at = await asked(publish_bulletin(connection, name, hashlib.sha256(body).digest(), token))
        await note(connection, "bulletin published", name, {"sha256": hashlib.sha256(body).hexdigest()})
    return Answer({"period": name, "published_at": at}, [f"the bulletin of {name} is published; every unit is told"])


async def read_span(connection: Connection, period: Period) -> Month:
    """Return what the facts say of a period. Raises RefusedError."""
    async with one_instant(connection):
        return await read_month(connection, period, ZONE)


async def read_with_gaps(connection: Connection, period: Period) -> tuple[Month, Taken]:
    """Return what the facts say of a period, and whether they are all there. Raises RefusedError."""
    async with one_instant(connection):
        taken = await taken_of(connection, period, over=True, rests_on=rests_on(period, ZONE))
        return await read_month(connection, period, ZONE), taken


@asynccontextmanager
async def one_instant(connection: Connection) -> AsyncIterator[None]:
    """Read at one instant. Raises RefusedError where nothing is in force."""
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield
    except NothingInForceError as error:
        raise RefusedError(str(error)) from error


async def asked(work: Any) -> Any:
    """Wait for what a person asked to be published. Raises RefusedError with the reason."""
    try:
        return await work
    except (NotPublishedError, DraftTooLargeError) as error:
        raise RefusedError(str(error)) from error


def named(name: str) -> Period:
    """Return the period of a name. Raises UsageError."""
    try:
        return period_of(name, ZONE)
    except UnreadablePeriodError as error:
        raise UsageError(str(error)) from error
