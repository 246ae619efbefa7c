"""What was read so far of two folders, and what was refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

T = TypeVar("T")


@dataclass(slots=True)
class Sheets:
    """What was read so far, and what was refused."""

    entries: dict[str, list[Entry[Any]]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def values(self, sheet: str) -> tuple[Any, ...]:
        return tuple(entry.value for entry in self.entries.get(sheet, []))

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except SheetsRefusedError as error:
            self.refusals.extend(error.refusals)
            return otherwise


def bytes_of(sheet: str, path: Path) -> bytes:
    """Return what a sheet's file holds.

    Raises:
        SheetsRefusedError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise SheetsRefusedError([Refusal(sheet, 0, "", f"cannot read {path.name}: {error.strerror}")]) from error
