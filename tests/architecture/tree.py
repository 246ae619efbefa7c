"""The files of this project: what git knows or would take."""

import subprocess
from functools import cache
from pathlib import Path

from deploy.embedded.state import PROJECT


@cache
def tracked(*patterns: str) -> list[Path]:
    """Return the files that match, those not yet committed too; what .gitignore names is left out."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(asked, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := PROJECT / name).is_file()]


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))
