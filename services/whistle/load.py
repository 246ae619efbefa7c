"""`whistle load district`: a folder of sheets becomes persons and one reference version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from services.identity.persons import load_persons
from services.reference.model.duties import Admission
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.district import read_version
from services.reference.sheets.persons import PersonInRole, read_persons
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.reference.versions.admissions import adopt
from services.reference.versions.publish import NOTICE_MIN
from services.reference.versions.register import register
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.publishing import NOW, Published, publish_version
from services.whistle.showing import Answer, AsJson, answer, busy
from services.whistle.versions import CITY, City, Delegated, require_zone

app = typer.Typer(help="A district's sheets into the database.", no_args_is_help=True)

Folder = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, help="Units, grids, duty lists, owners, persons.")
]
DraftedBy = Annotated[UUID, typer.Option(help="Who drafted: a rule owner.")]
ApprovedBy = Annotated[UUID, typer.Option(help="Who approved: another rule owner, or a center leader.")]
ActiveFrom = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
        help="When it comes into force, with zone; at once when not given.",
    ),
]


@dataclass(frozen=True, slots=True)
class District:
    """What the two folders hold."""

    version: ReferenceVersion
    persons: list[PersonInRole]

    @property
    def size(self) -> dict[str, int]:
        """How much of everything there is."""
        kinds = [unit.kind for unit in self.version.organisation]
        counted = {kind: kinds.count(kind) for kind in ("subdistrict", "community", "grid", "department")}
        persons = len({row.person_id for row in self.persons})
        return counted | {"items": len(self.version.catalogue), "rules": len(self.version.rules), "persons": persons}


@app.callback()
def _load() -> None: ...


@app.command()
def district(  # noqa: PLR0913 -- one option per fact about the district
    folder: Folder,
    *,
    drafted_by: DraftedBy,
    approved_by: ApprovedBy,
    delegated: Delegated = True,
    city: City = CITY,
    active_from: ActiveFrom = None,
    as_json: AsJson = False,
) -> None:
    """Load persons and publish one reference version, all or nothing; refused with sheet, row, column and reason.

    Loading the same folder again changes nothing.
    """
    require_zone(active_from)
    answer(_district((city, folder), (drafted_by, approved_by), active_from, delegated=delegated), as_json=as_json)


async def _district(
    folders: tuple[Path, Path], persons: tuple[UUID, UUID], active_from: datetime | None, *, delegated: bool
) -> Answer:
    folder = folders[1]
    async with as_operator() as connection:
        known = await register(connection)
    with busy("reading sheets"):
        read = read_district(*folders, delegated=delegated, admissions=known)
    with busy("publishing"):
        published, is_late = await _publish(read, persons, folder.name, active_from)
    told = {"version": published.number, "active_from": published.active_from, "new": published.is_new, **read.size}
    size = ", ".join(f"{count} {what}" for what, count in read.size.items())
    verdict = f"published, in force from {published.active_from}" if published.is_new else "says the same already"
    late = ["committed late: reports may have been decided without it"] if is_late else []
    return Answer(told, [size, f"reference version {published.number} {verdict}", *late], failed=is_late)


async def _publish(
    read: District, persons: tuple[UUID, UUID], name: str, active_from: datetime | None
) -> tuple[Published, bool]:
    """Return what was published, and whether it was committed so late that reports may have been decided without it."""
    async with as_operator() as connection:
        async with connection.transaction():
            await load_persons(connection, read.persons)
            await adopt(connection, read.version.admissions)
            published = await publish_version(
                connection, read.version, persons, note=f"district {name}", active_from=active_from
            )
            who = {"drafted_by": str(persons[0]), "approved_by": str(persons[1])}
            await note(connection, "district loaded", name, {"version": published.number, **who, **read.size})
        committed_by: datetime = await connection.fetchval(NOW)
    notice = published.active_from - committed_by if published.active_from else NOTICE_MIN
    return published, published.number > 1 and notice < NOTICE_MIN


def read_district(
    city: Path, folder: Path, *, delegated: bool = True, admissions: Sequence[Admission] = ()
) -> District:
    """Return everything the two folders hold; the register's admissions count before the sheet's.

    Raises:
        SheetsRefusedError: with every refusal of every sheet.
    """
    version = read_version(city, folder, delegated=delegated, register=admissions)
    kinds = {unit.id: unit.kind for unit in version.organisation}
    workbook, sheet = folder / "persons.xlsx", folder / "persons.csv"
    path = workbook if workbook.exists() else sheet
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SheetsRefusedError([Refusal("persons", 0, "", f"cannot read {path.name}: {error.strerror}")]) from error
    return District(version, read_persons(path.name, content, kinds))
