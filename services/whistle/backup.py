"""`whistle backup`: everything PostgreSQL holds in one file, while the system runs."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.chassis.settings import PostgresSettings
from services.whistle.connecting import postgres
from services.whistle.postgres_tools import Tools, tools_for
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, busy

MAJOR: Final = "select current_setting('server_version_num')::integer / 10000"
ABOUT: Final = """
    select delivery.epoch() as epoch, (select count(*) from migrations.applied) as migrations,
        (select count(*) from ledger.cases) as cases, (select count(*) from intake.reports) as reports
"""
READ_BYTES: Final = 1 << 20


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A new file; an existing one is never overwritten.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a consistent copy of the database. The vault's key file is no part of it: keep it too, elsewhere."""
    if file.exists():
        raise typer.BadParameter(f"{file} exists already")
    answer(_backup(file), as_json=as_json)


async def _backup(file: Path) -> Answer:
    at = CliSettings.read().migrator
    async with postgres(at) as connection:
        tools = tools_for(await connection.fetchval(MAJOR))
        about: dict[str, Any] = dict(await connection.fetchrow(ABOUT) or {})
    with busy("writing"):
        await _write(tools, at, file)
    told = {"file": file.name, **await asyncio.to_thread(_measured, file), "tools": tools.major, **about}
    return Answer(told, [f"{name}: {value}" for name, value in told.items()])


async def _write(tools: Tools, at: PostgresSettings, file: Path) -> None:
    """Write the file whole or not at all, for its owner's eyes only."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        # Row-level security must not thin out a backup: the dump fails rather than leave rows out.
        await tools.run("pg_dump", "--format=custom", "--lock-wait-timeout=30s", f"--file={part}", at=at)
        # A file whose table of contents cannot be read is no backup.
        await tools.run("pg_restore", "--list", str(part))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def _measured(file: Path) -> dict[str, int | str]:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(READ_BYTES):
            digest.update(chunk)
    return {"bytes": file.stat().st_size, "sha256": digest.hexdigest()}
