"""`whistle calendar`: the years that the version in force knows, and taking in one as it was published."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.versions.publish import draft
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.publishing import NOW
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import IN_FORCE, Named, own_token, version_named
from services.worktime.calendar import CalendarDataError

app = typer.Typer(help="Calendars of working days.", no_args_is_help=True)

FILE_BYTES_MAX: Final = 64 * 1024
COLUMNS: Final = ("year", "region", "version", "status", "holidays", "make-up working days", "source")


@app.command()
def status(*, version: Named = IN_FORCE, as_json: AsJson = False) -> None:
    """Show the years; status 1 unless this year is confirmed and the next one known."""
    answer(_status(version), as_json=as_json)


@app.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As in deploy/reference/calendars.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Draft a version with this year, as the person of WHISTLE_CLI_TOKEN; another person publishes it."""
    answer(_take_in(file), as_json=as_json)


async def _status(named: str) -> Answer:
    async with as_operator() as connection:
        version = await version_named(connection, named)
        this_year = (await connection.fetchval(NOW)).year
    years = sorted(version.calendars, key=lambda year: year.year)
    known = {year.year: year.status for year in years}
    fine = known.get(this_year) == "confirmed" and this_year + 1 in known
    rows = [
        (year.year, year.region, year.version, year.status, len(year.holidays), len(year.makeup_workdays), year.source)
        for year in years
    ]
    told = {"complete": fine, "years": [dict(zip(COLUMNS, row, strict=True)) for row in rows]}
    verdict = [] if fine else [f"{this_year} must be confirmed and {this_year + 1} known: whistle calendar import"]
    return Answer(told, [table(COLUMNS, rows), *verdict], failed=not fine)


async def _take_in(file: Path) -> Answer:
    token = own_token()
    year = _read(file)
    async with as_operator() as connection, connection.transaction():
        active = await version_named(connection, IN_FORCE)
        others = [known for known in active.calendars if (known.region, known.year) != (year.region, year.year)]
        calendars = tuple(sorted([*others, year], key=lambda each: each.year))
        try:
            calendar_of(calendars, active.policies.day_mode)
        except CalendarDataError as error:
            raise RefusedError(f"{file.name}: {error}") from error
        version = msgspec.structs.replace(active, calendars=calendars)
        number = await draft(connection, version, f"calendar {year.region}-{year.year}.{year.version}", token)
        await note(connection, "calendar drafted", str(number), {"year": year.year, "status": year.status})
    return Answer({"draft": number, "year": year.year}, [f"draft {number}: whistle rules publish {number}"])


def _read(file: Path) -> CalendarYear:
    content = file.read_bytes()
    if len(content) > FILE_BYTES_MAX:
        raise RefusedError(f"{file.name} is larger than {FILE_BYTES_MAX} bytes")
    try:
        return msgspec.json.decode(content, type=CalendarYear)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(f"{file.name}: {error}") from error
