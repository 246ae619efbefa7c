"""Which PostgreSQL compose.yaml runs, and which this system has. Parsed by old Pythons, too, as `setup` is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from deploy.embedded.telling import PROJECT

DEBIAN = Path("/usr/lib/postgresql")


def major_in_compose() -> int:
    """Return the major version that people with a container engine run: 17 of `image: postgres:17.6`."""
    (major,) = re.findall(r"image: postgres:(\d+)\.", (PROJECT / "compose.yaml").read_text(encoding="utf-8"))
    return int(major)


def folders_of_the_system() -> list[Path]:
    """Return where the system may have PostgreSQL's programs: Debian's folders, newest first, then `pg_config`'s."""
    folders = sorted(DEBIAN.glob("*/bin"), key=major_of, reverse=True)
    pg_config = shutil.which("pg_config")
    return [*folders, Path(_output(pg_config, "--bindir"))] if pg_config else folders


def major_of(folder: Path) -> int:
    """Return the major version of the server in a folder of programs; 0: there is none."""
    return int(version_of(folder).split(".")[0]) if (folder / "postgres").exists() else 0


def version_of(folder: Path) -> str:
    """Return the version of the server in a folder of programs: 15.14 of `postgres (PostgreSQL) 15.14 (Debian …)`."""
    return _output(str(folder / "postgres"), "--version").split()[2]


def _output(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()
