"""Who PostgreSQL runs as: itself, or an unprivileged user where everything else runs as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CANDIDATES: Final = ("postgres", "nobody")


class NoUnprivilegedUserError(RuntimeError):
    """PostgreSQL refuses to run as root and there is nobody else to run it."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """A user to drop to; `name` is empty where no drop is needed."""

    name: str = ""
    uid: int = -1
    gid: int = -1

    @classmethod
    def unprivileged(cls) -> "RunAs":
        """Return the current user, or, for root, the first of `postgres` and `nobody` that exists."""
        if os.geteuid() != 0:
            return cls()
        for name in CANDIDATES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(name, entry.pw_uid, entry.pw_gid)
        raise NoUnprivilegedUserError(f"PostgreSQL does not run as root; create one of the users {CANDIDATES}")

    def arguments(self) -> dict[str, Any]:
        """Return what subprocess needs; the folder is one that every user can enter."""
        if not self.name:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def give(self, path: Path) -> None:
        """Make `path` this user's own."""
        if self.name:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Ask the operating system whether this user can enter the folder, or run the program, at `path`."""
        if not self.name:
            return os.access(path, os.X_OK)
        return subprocess.run(["/usr/bin/test", "-x", str(path)], check=False, **self.arguments()).returncode == 0
