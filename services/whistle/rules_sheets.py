"""`whistle rules export | check`: a version as sheets to edit, and sheets with what is wrong in them."""

from pathlib import Path
from typing import Annotated, Final, get_args

import typer

from services.reference.sheets.district import CITY_SHEETS, CITY_WORDS, path_of, read_version
from services.reference.sheets.folders import Form, files_of, marked, offered_in
from services.reference.sheets.kinds import SHEETS
from services.reference.sheets.refusals import SheetsRefusedError
from services.reference.versions.register import register
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import CITY, IN_FORCE, City, Delegated, Named, version_named

FORMS: Final[tuple[Form, ...]] = get_args(Form)


def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="A folder; files in it are replaced.")],
    *,
    form: Annotated[str, typer.Option(help=f"One of {', '.join(FORMS)}.")] = "xlsx",
    version: Named = IN_FORCE,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Write a version as sheets: workbooks with drop-downs, or CSV. The folder can be drafted, as city and district."""
    found = next((known for known in FORMS if known == form), None)
    if found is None:
        raise typer.BadParameter(f"--form is one of {', '.join(FORMS)}")
    answer(_export(folder, found, version, city), as_json=as_json)


def check(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    *,
    marked_in: Annotated[
        Path | None, typer.Option("--marked", file_okay=False, help="Write refused sheets there, with an error column.")
    ] = None,
    delegated: Delegated = True,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Read sheets and say what would be refused, with sheet, row, column and reason; changes and counts nothing."""
    answer(_check(folder, city, marked_in, delegated=delegated), as_json=as_json)


async def _export(folder: Path, form: Form, named: str, city: Path) -> Answer:
    async with as_operator() as connection:
        version = await version_named(connection, named, city)
    files = files_of(version, form)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return Answer({"folder": str(folder), "files": sorted(files)}, [f"{len(files)} files in {folder}"])


async def _check(folder: Path, city: Path, marked_in: Path | None, *, delegated: bool) -> Answer:
    async with as_operator() as connection:
        known = await register(connection)
    try:
        version = read_version(city, folder, delegated=delegated, register=known)
    except SheetsRefusedError as error:
        return _refused(error, folder, city, marked_in)
    told = {"refusals": [], "rules": len(version.rules), "units": len(version.organisation)}
    return Answer(told, ["nothing refused; look for mistakes with `whistle rules lint`"])


def _refused(error: SheetsRefusedError, folder: Path, city: Path, marked_in: Path | None) -> Answer:
    rows = [(each.sheet, each.row or None, each.column, each.reason) for each in error.refusals]
    told = [{"sheet": sheet, "row": row, "column": column, "reason": reason} for sheet, row, column, reason in rows]
    lines = [table(("sheet", "row", "column", "reason"), rows)]
    written = _write_marked(error, folder, city, marked_in) if marked_in else []
    return Answer({"refusals": told, "marked": written}, lines, failed=True)


def _write_marked(error: SheetsRefusedError, folder: Path, city: Path, marked_in: Path) -> list[str]:
    offered = offered_in(path_of(folder, "units"), path_of(city, "catalogue"))
    marked_in.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for name in SHEETS:
        refusals = [refusal for refusal in error.refusals if refusal.sheet == name]
        path = path_of(city if name in {*CITY_SHEETS, *CITY_WORDS} else folder, name)
        if not refusals or not path.exists():
            continue
        try:
            (marked_in / f"{name}.xlsx").write_bytes(marked(name, path, refusals, offered))
        except ValueError as fault:
            raise RefusedError(f"{path.name} cannot be marked: {fault}") from fault
        written.append(f"{name}.xlsx")
    return written
