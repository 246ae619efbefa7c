"""Files to rows, rows to cells, and the refusals on the way: sheet, row, column, reason, all of them collected."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Generic, Literal, TypeVar, cast

from services.reference.sheets.files import csv_lines
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

T = TypeVar("T")

ROWS_MAX: Final = 200_000
CELL_MAX: Final = 4_000
BYTES_MAX: Final = 64 * 1024 * 1024
SEPARATOR: Final = ";"
HEADER_ROW: Final = 1
ERRORS: Final = "errors"
"""The column in which a workbook tells what is wrong; read past when it comes back."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet, as the template explains it."""

    name: str
    means: str
    required: bool = False
    choices: tuple[str, ...] = ()
    refers: Literal["", "unit", "department", "item"] = ""
    """What a cell with one value names, so that a workbook can offer what there is."""


@dataclass(slots=True)
class Row:
    """One row. A cell that cannot be read is noted in `refusals`, and the row is dropped after all its cells."""

    sheet: str
    number: int
    cells: dict[str, str]
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, column: str, reason: str) -> None:
        self.refusals.append(Refusal(self.sheet, self.number, column, reason))

    def optional(self, column: str) -> str | None:
        return self.cells.get(column) or None

    def text(self, column: str) -> str:
        value = self.cells.get(column, "")
        if not value:
            self.refuse(column, "empty")
        return value

    def many(self, column: str) -> tuple[str, ...]:
        values = tuple(part.strip() for part in self.cells.get(column, "").split(SEPARATOR) if part.strip())
        if len(set(values)) < len(values):
            self.refuse(column, "names the same value twice")
        return values

    def choice(self, column: str, allowed: Sequence[T]) -> T:
        """Return the cell as one of `allowed`; a refused cell gives the first, and the row is dropped anyway."""
        value = cast("T", self.cells.get(column, ""))
        if value not in allowed:
            self.refuse(column, f"{value!r} is none of {', '.join(map(str, allowed))}")
            return allowed[0]
        return value

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        """Return what `reader` makes of the cell; None for an empty cell and for one that it refuses."""
        value = self.cells.get(column, "")
        if not value:
            return None
        try:
            return reader(value)
        except ValueError as error:
            self.refuse(column, str(error))
            return None

    def day(self, column: str) -> date | None:
        return self.read(column, _day)

    def refuse_empty_span(self, first: date | None, end: date | None) -> None:
        """Refuse an end on or before the first day: nothing would ever hold."""
        if first is not None and end is not None and end <= first:
            self.refuse("valid_to", "not after valid_from")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day like 2026-01-31") from error


def rows_of(sheet: str, name: str, content: bytes, columns: Sequence[Column]) -> list[Row]:
    """Return the rows of a CSV or xlsx file, cells trimmed, empty rows left out.

    Raises:
        SheetsRefusedError: unknown encoding, unknown or missing column, a file or cell that is too large.
    """
    if len(content) > BYTES_MAX:
        raise SheetsRefusedError([Refusal(sheet, 0, "", f"larger than {BYTES_MAX // 2**20} MiB")])
    lines = lines_of(name, content)
    try:
        header = [cell.strip() for cell in next(lines, [])]
        return _checked(sheet, header, lines, columns)
    except (ValueError, csv.Error) as error:
        if isinstance(error, SheetsRefusedError):
            raise
        raise SheetsRefusedError([Refusal(sheet, 0, "", str(error))]) from error


def _checked(sheet: str, header: Sequence[str], lines: Iterator[list[str]], columns: Sequence[Column]) -> list[Row]:
    refusals = list(_header_refusals(sheet, header, columns))
    if refusals:
        raise SheetsRefusedError(refusals)
    return list(_rows(sheet, header, lines))


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """What a row says, and which row it was, for the checks that need other sheets too."""

    row: int
    value: T


def parse_rows(rows: Sequence[Row], parse: Callable[[Row], T]) -> list[Entry[T]]:
    """Return what `parse` makes of each row.

    Raises:
        SheetsRefusedError: with every refusal of every row.
    """
    parsed = [Entry(row.number, parse(row)) for row in rows]
    refusals = [refusal for row in rows for refusal in row.refusals]
    if refusals:
        raise SheetsRefusedError(refusals)
    return parsed


def _rows(sheet: str, header: Sequence[str], lines: Iterator[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=HEADER_ROW + 1):
        if number > ROWS_MAX:
            raise SheetsRefusedError([Refusal(sheet, number, "", f"more than {ROWS_MAX} rows")])
        if not any(cell.strip() for cell in cells):
            continue
        row = Row(sheet, number, {name: cell.strip() for name, cell in zip(header, cells, strict=False)})
        if len(cells) > len(header):
            row.refuse("", f"{len(cells)} cells under {len(header)} columns; quote a cell that holds a comma")
        for name in (name for name, cell in row.cells.items() if len(cell) > CELL_MAX):
            row.refuse(name, f"longer than {CELL_MAX} characters")
        yield row


def _header_refusals(sheet: str, header: Sequence[str], columns: Sequence[Column]) -> Iterator[Refusal]:
    known = {column.name for column in columns}
    for name in header:
        if name.startswith(ERRORS):
            continue
        if name not in known:
            yield Refusal(sheet, HEADER_ROW, name, "no column of this sheet")
        elif header.count(name) > 1:
            yield Refusal(sheet, HEADER_ROW, name, "appears twice")
    for column in columns:
        if column.required and column.name not in header:
            yield Refusal(sheet, HEADER_ROW, column.name, "missing")


def lines_of(name: str, content: bytes) -> Iterator[list[str]]:
    """Yield the lines of a CSV, or of an xlsx file's first page. Raises ValueError for bytes that are neither."""
    if not name.lower().endswith(".xlsx"):
        return csv_lines(content)
    # Imported here: only people's uploads are workbooks, and openpyxl costs 15 MiB in every service otherwise.
    from services.reference.sheets import workbook  # noqa: PLC0415 (see above)

    return workbook.lines_of(content)
