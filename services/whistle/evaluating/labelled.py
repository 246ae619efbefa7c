"""Labelled files: CSV in UTF-8 or GB18030, read whole; a row that cannot be used is refused with its reason."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from rich.console import RenderableType

from services.reference.sheets.files import csv_lines
from services.whistle.exits import RefusedError
from services.whistle.showing import table

T = TypeVar("T")

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
ROWS_MAX: Final = 200_000
REFUSALS_SHOWN: Final = 50
TEXT_MAX: Final = 20_000

Cells = dict[str, str]


class CannotUseRowError(ValueError):
    """A row says nothing that could be counted; the message says why."""


@dataclass(slots=True)
class Rows(Generic[T]):
    """What a file holds: rows that can be used, by the file's own row numbers, and refusals."""

    used: list[tuple[int, T]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Return the counts and the first refusals, for `--json`."""
        first = [{"row": row, "reason": reason} for row, reason in self.refused[:REFUSALS_SHOWN]]
        return {"rows": len(self.used), "refused": len(self.refused), "refusals": first}

    def lines(self) -> Iterator[RenderableType | str]:
        """Yield the same for people."""
        yield f"{len(self.used)} rows used, {len(self.refused)} refused"
        if self.refused:
            yield table(("row", "refused because"), self.refused[:REFUSALS_SHOWN])


def read_rows(path: Path, needed: Sequence[str], use: Callable[[Cells], T]) -> Rows[T]:
    """Return the rows of a file whose header names the `needed` columns; row 1 is the header.

    Raises:
        RefusedError: too large, no CSV, or a column is missing.
    """
    if path.stat().st_size > FILE_BYTES_MAX:
        raise RefusedError(f"{path.name}: more than {FILE_BYTES_MAX // 1024 // 1024} MiB")
    found: Rows[T] = Rows()
    try:
        lines = csv_lines(path.read_bytes())
        header = [name.strip().lower() for name in next(lines, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            raise RefusedError(f"{path.name}: no column {', '.join(missing)}")
        for number, line in enumerate(lines, start=2):
            if number > ROWS_MAX:
                raise RefusedError(f"{path.name}: more than {ROWS_MAX} rows")
            _take(found, number, dict(zip(header, line, strict=False)), use)
    except (csv.Error, ValueError) as error:
        raise RefusedError(f"{path.name}: {error}") from error
    return found


def text_in(cells: Cells) -> str:
    """Return the row's text. Raises CannotUseRowError where there is none, or too much."""
    text = cells.get("text", "").strip()
    if not text:
        raise CannotUseRowError("no text")
    if len(text) > TEXT_MAX:
        raise CannotUseRowError(f"a text of more than {TEXT_MAX} characters")
    return text


def _take(found: Rows[T], number: int, cells: Cells, use: Callable[[Cells], T]) -> None:
    if not any(cells.values()):
        return
    try:
        found.used.append((number, use(cells)))
    except CannotUseRowError as error:
        found.refused.append((number, str(error)))
