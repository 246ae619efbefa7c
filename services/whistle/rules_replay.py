"""`whistle rules replay`: past reports against a draft: what would move, what each department would get."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.console import RenderableType

from services.contracts.events import ReportFacts
from services.reference.deciding.compile import compile_version
from services.reference.versions.past_reports import UnreadableReportError, read_file
from services.reference.versions.replay import Replay, Replaying
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, progress, table
from services.whistle.versions import CITY, IN_FORCE, City, version_named

# Case ids are UUIDv7: their index gives the latest first, without sorting a million decisions.
# As bytes: what is read as text is encoded again before it is decoded, 4 of 11 µs.
LATEST: Final = """
    select convert_to(decision::text, 'UTF8') from ledger.cases where lane = 'ordinary' order by case_id desc limit $1
"""
COUNT: Final = "select count(*) from (select from ledger.cases where lane = 'ordinary' limit $1) some_cases"
PREFETCH: Final = 1_000
TELL_EVERY: Final = 1_000
"""Reports between two looks at the bar: a look costs as much as a decision."""


class _Decision(msgspec.Struct):
    """What a replay needs of a stored decision."""

    report: ReportFacts


def replay(
    new: Annotated[str, typer.Argument(help="The draft: a folder of sheets, or a version's number.")],
    *,
    reports: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="NDJSON or CSV.")] = None,
    last: Annotated[int, typer.Option(min=1, max=10_000_000, help="Or so many of the latest cases.")] = 10_000,
    against: Annotated[str, typer.Option(help="The version to compare with.")] = IN_FORCE,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Decide past reports by two versions and compare; changes nothing."""
    answer(_replay(new, against, city, reports or last), as_json=as_json)


async def _replay(new: str, against: str, city: Path, reports: Path | int) -> Answer:
    async with as_operator() as connection:
        old, draft = await version_named(connection, against, city), await version_named(connection, new, city)
        replaying = Replaying(compile_version(old), compile_version(draft))
        if isinstance(reports, int):
            await _cases(connection, reports, replaying)
    if isinstance(reports, Path):
        _file(reports, replaying)
    return _answer(replaying.told())


async def _cases(connection: Connection, last: int, replaying: Replaying) -> None:
    decode = msgspec.json.Decoder(_Decision).decode
    with progress("deciding", await connection.fetchval(COUNT, last)) as tell:
        async with connection.transaction(readonly=True):
            number = 0
            cursor = await connection.cursor(LATEST, last)
            coming = asyncio.ensure_future(cursor.fetch(PREFETCH))
            while rows := await coming:
                coming = asyncio.ensure_future(cursor.fetch(PREFETCH))
                await asyncio.sleep(0)  # it is asked: the server finds the next ones while these are decided
                for (decision,) in rows:
                    replaying.take(decode(decision).report)
                number += len(rows)
                tell(number)


def _file(path: Path, replaying: Replaying) -> None:
    position = 0

    def note(read: int) -> None:
        nonlocal position
        position = read

    with progress("deciding", path.stat().st_size) as tell:
        try:
            for number, report in enumerate(read_file(path, note)):
                replaying.take(report)
                if number % TELL_EVERY == 0:
                    tell(position)
        except UnreadableReportError as error:
            raise RefusedError(str(error)) from error


def _answer(result: Replay) -> Answer:
    told = msgspec.to_builtins(result)
    counts = ("reports", "moved", "limits_changed", "unrouted_before", "unrouted_after")
    departments = sorted({*result.load_before, *result.load_after})
    load = ((unit, result.load_before[unit], result.load_after[unit]) for unit in departments)
    lines: list[RenderableType] = [
        *(f"{name.replace('_', ' ')}: {told[name]}" for name in counts),
        *_deadlines(result),
        "",
        table(("department", "before", "after"), load),
        "",
        table(
            ("report", "lead before", "lead after", "limit before", "limit after"),
            (each.values() for each in told["examples"]),
        ),
    ]
    return Answer(told, lines)


def _deadlines(result: Replay) -> Iterable[str]:
    for clock, effect in result.deadlines.items():
        moved = f"{effect['earlier']} earlier, {effect['later']} later, by {effect['hours']} h on average"
        undated = f"; {effect['undated']} of years without a calendar" if effect["undated"] else ""
        yield f"{clock} deadlines: {moved}{undated}"
