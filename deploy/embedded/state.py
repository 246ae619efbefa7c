"""Where the embedded system keeps what it makes: data, secrets, jars, logs, all under one folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2]
STATE: Final = PROJECT / ".state"
COMPOSE: Final = PROJECT / "compose.yaml"
JARS: Final = STATE / "kafka-jars"
"""Shared by every embedded system of this clone; Maven copies them once."""


@dataclass(frozen=True, slots=True)
class State:
    """The folders of one embedded system; two systems never share one."""

    folder: Path

    @classmethod
    def named(cls, name: str) -> "State":
        """Return `.state/<name>` of this clone, for example `system` or `demo`."""
        return cls(STATE / name)

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def kafka(self) -> Path:
        return self.folder / "kafka"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def attachments(self) -> Path:
        return self.folder / "attachments"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"
