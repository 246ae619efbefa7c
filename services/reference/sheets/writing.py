"""Rows -> files people can edit: CSV in the encodings offices use, workbooks with notes, choices, an error column."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from services.reference.sheets.files import harmless
from services.reference.sheets.reading import Column
from services.reference.sheets.refusals import Refusal

Encoding = Literal["utf-8-sig", "utf-8", "gb18030"]
"""With a byte order mark, without which Excel in China reads GB18030; without one; as offices have always done."""

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a workbook shows besides its rows."""

    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What there is, by what a column refers to: `unit`, `department`, `item`."""
    refusals: Sequence[Refusal] = ()
    """Written into the error column of their rows. Rows are numbered as they are written here."""


def write_csv(columns: Sequence[Column], rows: Rows, encoding: Encoding = "utf-8-sig") -> bytes:
    """Return the rows as CSV that no spreadsheet runs: cells that begin like a formula are quoted, and read as meant.

    Raises:
        UnicodeEncodeError: a character that the encoding does not have; GB18030 has all of Unicode.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in columns], restval="", lineterminator="\r\n")
    writer.writeheader()
    for cells in rows:
        writer.writerow({name: harmless(text) for name, text in cells.items()})
    return text.getvalue().encode(encoding)


def write_workbook(sheet: str, columns: Sequence[Column], rows: Rows, beside: Beside | None = None) -> bytes:
    """Return the rows as a workbook: cells are text, so that 0101 stays 0101 and no cell is a formula."""
    # Imported here: openpyxl and what it draws in cost every service 15 MiB, and few sheets are written.
    from services.reference.sheets import writing_workbook  # noqa: PLC0415 (see above)

    return writing_workbook.written(sheet, columns, rows, beside or Beside())


def template_of(sheet: str, columns: Sequence[Column]) -> bytes:
    """Return an empty workbook to fill in."""
    return write_workbook(sheet, columns, ())
