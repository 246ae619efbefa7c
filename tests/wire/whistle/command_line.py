"""Runs commands as a person at a terminal would, in this process; what they print and how they end."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from services.whistle.__main__ import application
from tests.environment.database import Database


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What a program reads."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line with one environment."""

    environment: Mapping[str, str]

    def run(self, *words: str) -> Ended:
        """Run one command; a fault of ours is raised."""
        result = CliRunner().invoke(application(), list(words), env=dict(self.environment))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def told(self, *words: str) -> Any:
        """Run a command that must succeed; return its JSON."""
        ended = self.run(*words, "--json")
        assert ended.status == 0, ended.err or ended.out
        return ended.told


def environment_for(database: Database, brokers: str | None = None) -> dict[str, str]:
    """Return the settings that point the command line at a test's own servers."""
    settings = {
        "WHISTLE_CLI_POSTGRES_DSN": database.dsn_without_password("operator"),
        "WHISTLE_CLI_POSTGRES_PASSWORD_FILE": str(database.password_file("operator")),
        "WHISTLE_CLI_MIGRATOR_DSN": database.dsn_without_password("migrator"),
        "WHISTLE_CLI_MIGRATOR_PASSWORD_FILE": str(database.password_file("migrator")),
    }
    return settings | ({"WHISTLE_CLI_KAFKA_BROKERS": brokers} if brokers else {})
