"""Which reference version a command means: the one in force, one by its number, or what a folder of sheets says."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from deploy.embedded.state import PROJECT
from services.identity.tokens import MalformedTokenError, token_hash_in
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.district import read_version
from services.reference.versions.content import version_of
from services.reference.versions.register import register, with_ends
from services.whistle.connecting import Connection
from services.whistle.exits import RefusedError, UsageError
from services.whistle.settings import CliSettings

CITY: Final = PROJECT / "deploy" / "reference"
IN_FORCE: Final = "active"
SELECT: Final = "select version, active_from, content from reference.versions where version = $1"
ENDS: Final = """
    select e.admission_id, e.ends_on from reference.admission_ends e join reference.versions v using (version)
    where (v.active_from, v.version) <= ($1, $2)
"""
NOW_IN_FORCE: Final = "select reference.version_at((select clock.now()))"

City = Annotated[Path, typer.Option(exists=True, file_okay=False, help="Catalogue, rules, policies, calendars.")]
Delegated = Annotated[
    bool, typer.Option("--delegated/--not-delegated", help="Whether powers were handed to the subdistricts.")
]
Named = Annotated[str, typer.Option("--version", help="`active`, a number, or a district's folder of sheets.")]


async def version_named(
    connection: Connection, named: str, city: Path = CITY, *, delegated: bool = True
) -> ReferenceVersion:
    """Return the version that `named` means; a folder's duties count only as the register of admissions says.

    Raises:
        RefusedError: no such version.
        SheetsRefusedError: the folder's sheets cannot be a version.
    """
    if named != IN_FORCE and not named.isdecimal():
        known = await register(connection)
        return read_version(city, _folder(named), delegated=delegated, register=known)
    number = int(named) if named.isdecimal() else await connection.fetchval(NOW_IN_FORCE)
    row = await connection.fetchrow(SELECT, number)
    if row is None:
        raise RefusedError(f"no reference version {number or 'is published'}")
    ends = {
        ended["admission_id"]: ended["ends_on"] for ended in await connection.fetch(ENDS, row["active_from"], number)
    }
    return with_ends(version_of(row["content"], row["version"], row["active_from"]), ends)


def name_of(version: ReferenceVersion) -> str:
    """Return how a version is called in answers."""
    return f"version {version.number}" if version.number else "the sheets"


def own_token() -> bytes:
    """Return the hash of the caller's own token.

    Raises:
        UsageError: not given, or not the form of a token.
    """
    token = CliSettings.read().token
    if token is None:
        raise UsageError("WHISTLE_CLI_TOKEN_FILE is not set; who drafts or publishes is the token's person")
    try:
        found = token_hash_in(f"Bearer {token.get_secret_value()}")
    except MalformedTokenError as error:
        raise UsageError("WHISTLE_CLI_TOKEN holds no token") from error
    if found is None:
        raise UsageError("WHISTLE_CLI_TOKEN is empty")
    return found


def require_zone(at: datetime | None) -> None:
    """Refuse an instant that could mean any of 24 hours."""
    if at is not None and at.tzinfo is None:
        raise UsageError("an instant needs a zone, such as 2026-03-02T09:00+08:00")


def _folder(named: str) -> Path:
    folder = Path(named)
    if not folder.is_dir():
        raise UsageError(f"{named!r} is neither `{IN_FORCE}`, nor a number, nor a folder")
    return folder
