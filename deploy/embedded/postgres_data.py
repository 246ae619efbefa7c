"""The data folder of an embedded PostgreSQL: where its user can reach it, made once by initdb."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.postgres_programs import find_programs, plain_environment, reachable
from deploy.embedded.run_as import RunAs
from deploy.embedded.secret_files import PASSWORD_SUFFIX, make_secrets
from deploy.embedded.state import State

OUTSIDE: Final = Path("/var/lib/whistle")
"""For data that its user cannot reach inside the clone; only root ever needs it."""
SUPERUSER: Final = "postgres"
SUPERUSER_PASSWORD: Final = SUPERUSER + PASSWORD_SUFFIX
LAYOUT: Final = ("--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256", "--data-checksums")


class PostgresError(RuntimeError):
    """The embedded PostgreSQL could not be made, started or asked."""


@dataclass(frozen=True, slots=True)
class PostgresData:
    """One cluster on disk, and the user that serves it."""

    state: State
    run_as: RunAs
    folder: Path

    @classmethod
    def of(cls, state: State) -> "PostgresData":
        """Choose the folder for `state`: inside it, or below `OUTSIDE` where the clone is closed to the user."""
        run_as = RunAs.unprivileged()
        outside = OUTSIDE / hashlib.sha256(str(state.folder).encode()).hexdigest()[:12]
        return cls(state, run_as, _reachable_folder(run_as, state.postgres, outside))

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def programs(self) -> Path:
        """Find the programs that serve these data, or that make them.

        Raises:
            NoPostgresError: there are none.
        """
        return reachable(find_programs(self.cluster), self.run_as, OUTSIDE)

    @property
    def is_outside(self) -> bool:
        """Whether the data lie outside the clone; whoever starts the system says so in one line."""
        return OUTSIDE in self.folder.parents

    @property
    def is_made(self) -> bool:
        return (self.cluster / "PG_VERSION").exists()

    def make(self) -> None:
        """Run initdb with a generated password for the superuser."""
        self.remove()
        self.folder.mkdir(parents=True)
        self.run_as.give(self.folder)
        make_secrets(self.state.secrets, [SUPERUSER_PASSWORD])
        password_file = self._password_file()
        argv = [str(self.programs() / "initdb"), "-D", str(self.cluster), "-U", SUPERUSER, f"--pwfile={password_file}"]
        done = subprocess.run(
            [*argv, *LAYOUT],
            env=plain_environment(),
            check=False,
            capture_output=True,
            text=True,
            **self.run_as.arguments(),
        )
        password_file.unlink()
        if done.returncode != 0:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise PostgresError(f"initdb failed: {done.stderr.strip()}")

    def remove(self) -> None:
        """Delete the data of a stopped server."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _password_file(self) -> Path:
        path = self.folder / "password"
        path.touch(mode=0o600)
        path.write_bytes((self.state.secrets / SUPERUSER_PASSWORD).read_bytes())
        self.run_as.give(path)
        return path


def _reachable_folder(run_as: RunAs, *choices: Path) -> Path:
    for folder in choices:
        folder.mkdir(parents=True, exist_ok=True)
        run_as.give(folder)
        if run_as.reaches(folder):
            return folder
        folder.rmdir()
    raise PostgresError(f"the user {run_as.name!r} can reach none of {', '.join(map(str, choices))}")
