"""The environment of the other runners: made from `requirements/race.txt`, never the product's own."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.running import System
from deploy.embedded.secret_files import PASSWORD_SUFFIX, read_secret
from deploy.embedded.setup import install_requirements
from deploy.embedded.state import PROJECT, STATE

ENVIRONMENT: Final = STATE / "race-environment"
SUPERUSER: Final = "postgres"
COMMAND_SECONDS_MAX: Final = 600.0


class PeerFailedError(RuntimeError):
    """A program of another runner failed; the message holds what it said last."""


@dataclass(frozen=True, slots=True)
class Peers:
    """Runs programs of the other environment against databases of `system`'s PostgreSQL."""

    system: System

    @classmethod
    def installed(cls, system: System) -> "Peers":
        """Make the environment where it is missing or its lock file has changed."""
        install_requirements(ENVIRONMENT, ["race"])
        return cls(system)

    def program(self, name: str) -> str:
        return str(ENVIRONMENT / "bin" / name)

    @property
    def password(self) -> str:
        return read_secret(self.system.state.secrets, SUPERUSER + PASSWORD_SUFFIX)

    def environment(self, database: str) -> dict[str, str]:
        """Return the environment in which a program finds its database."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
            "RACE_DATABASE": database,
            "RACE_PASSWORD": self.password,
            "RACE_PORT": str(self.system.postgres.port),
        }

    def run(self, argv: list[str], environment: Mapping[str, str]) -> str:
        """Run a program to its end; return what it printed.

        Raises:
            PeerFailedError: it ended with another status than 0.
        """
        done = subprocess.run(
            argv,
            env=dict(environment),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        if done.returncode != 0:
            raise PeerFailedError(f"{Path(argv[0]).name}: {(done.stderr or done.stdout)[-1500:]}")
        return done.stdout

    def version(self, distribution: str) -> str:
        """Return the installed version of a distribution."""
        asked = f"from importlib.metadata import version; print(version({distribution!r}))"
        return self.run([self.program("python"), "-c", asked], {"PATH": os.environ["PATH"]}).strip()
