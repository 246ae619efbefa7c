"""`whistle rules replay`: past reports against a draft: what would move, and what each department would get."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import RenderableType

from services.contracts.codec import decode
from services.contracts.events import CaseDispatched
from services.reference.deciding.compile import compile_version
from services.reference.versions.replay import (
    PastReport,
    Replay,
    UnreadableReportError,
    read_csv,
    read_ndjson,
)
from services.reference.versions.replay import replay as decide_again
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, busy, table
from services.whistle.versions import CITY, IN_FORCE, City, version_named

LAST: Final = """
    select decision::text as decision from ledger.cases where lane = 'ordinary' order by accepted_at desc limit $1
"""


def replay(
    new: Annotated[str, typer.Argument(help="The draft: a folder of sheets, or a version's number.")],
    *,
    reports: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="NDJSON or CSV.")] = None,
    last: Annotated[int, typer.Option(min=1, max=1_000_000, help="Or so many of the latest cases.")] = 10_000,
    against: Annotated[str, typer.Option(help="The version to compare with.")] = IN_FORCE,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Decide past reports by two versions and compare; changes nothing."""
    answer(_replay(new, against, city, reports or last), as_json=as_json)


async def _replay(new: str, against: str, city: Path, reports: Path | int) -> Answer:
    async with as_operator() as connection:
        old, draft = await version_named(connection, against, city), await version_named(connection, new, city)
        past = _past(await connection.fetch(LAST, reports)) if isinstance(reports, int) else _read(reports)
    try:
        with busy("deciding"):
            result = decide_again(past, compile_version(old), compile_version(draft))
    except UnreadableReportError as error:
        raise RefusedError(str(error)) from error
    return _answer(result)


def _past(rows: Iterable[Any]) -> Iterator[PastReport]:
    for row in rows:
        report = decode(row["decision"].encode(), CaseDispatched).report
        place = report.place
        yield PastReport(
            id=report.number,
            accepted_at=report.accepted_at,
            text=report.text,
            item=report.item,
            channel=report.channel,
            grid=place.grid,
            community=place.community,
            subdistrict=place.subdistrict,
        )


def _read(file: Path) -> Iterable[PastReport]:
    content = file.read_bytes()
    return read_csv(content) if file.suffix.lower() == ".csv" else read_ndjson(content)


def _answer(result: Replay) -> Answer:
    told = msgspec.to_builtins(result)
    counts = ("reports", "moved", "limits_changed", "unrouted_before", "unrouted_after")
    departments = sorted({*result.load_before, *result.load_after})
    load = ((unit, result.load_before[unit], result.load_after[unit]) for unit in departments)
    moved = (each.values() for each in told["examples"])
    lines: list[RenderableType] = [
        *(f"{name.replace('_', ' ')}: {told[name]}" for name in counts),
        "",
        table(("department", "before", "after"), load),
        "",
        table(("report", "lead before", "lead after", "limit before", "limit after"), moved),
    ]
    return Answer(told, lines)
