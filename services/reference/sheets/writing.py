"""Rows -> files people can edit: CSV in the encodings offices use, workbooks with notes, choices, an error column."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.reference.sheets.files import harmless
from services.reference.sheets.reading import ERRORS, HEADER_ROW, ROWS_MAX, Column
from services.reference.sheets.refusals import Refusal

Encoding = Literal["utf-8-sig", "utf-8", "gb18030"]
"""With a byte order mark, without which Excel in China reads GB18030; without one; as offices have always done."""
LISTS: Final = "choices"
"""The hidden page that holds what drop-down lists offer: a list written into the cell has 255 characters at most."""
COLUMN_WIDTH: Final = 18
ERRORS_WIDTH: Final = 60
TEXT_FORMAT: Final = "@"
REFUSED: Final = PatternFill("solid", fgColor="FFD9D9")

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
    beside = beside or Beside()
    book = openpyxl.Workbook()
    page, lists = book.active, book.create_sheet(LISTS)
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    page.title = sheet
    lists.sheet_state = "hidden"
    names = [column.name for column in columns]
    for number, cells in enumerate([dict(zip(names, names, strict=True)), *rows], start=HEADER_ROW):
        for position, name in enumerate(names, start=1):
            _write(page, (number, position), cells.get(name, ""))
    page.freeze_panes = "A2"
    for position, column in enumerate(columns, start=1):
        _dress(page, position, column)
        offered = column.choices or beside.offered.get(column.refers, ())
        if offered:
            _offer(page, lists, position, column, offered)
    if beside.refusals:
        _mark(page, len(columns) + 1, names, beside.refusals)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def template_of(sheet: str, columns: Sequence[Column]) -> bytes:
    """Return an empty workbook to fill in."""
    return write_workbook(sheet, columns, ())


def _write(page: Worksheet, where: tuple[int, int], text: str) -> None:
    cell = page.cell(*where)
    cell.value = text or None
    if text:
        # Whatever it begins with: openpyxl makes a formula of a text that begins with "=".
        cell.data_type = "s"
    cell.number_format = TEXT_FORMAT


def _dress(page: Worksheet, position: int, column: Column) -> None:
    letter = get_column_letter(position)
    page.cell(1, position).comment = Comment(column.means + (" (required)" if column.required else ""), "whistle")
    page.cell(1, position).font = Font(bold=column.required)
    page.column_dimensions[letter].width = COLUMN_WIDTH
    page.column_dimensions[letter].number_format = TEXT_FORMAT


def _offer(page: Worksheet, lists: Worksheet, position: int, column: Column, offered: Sequence[str]) -> None:
    letter = get_column_letter(position)
    for number, choice in enumerate((column.name, *offered), start=1):
        _write(lists, (number, position), choice)
    where = f"{quote_sheetname(LISTS)}!${letter}$2:${letter}${len(offered) + 1}"
    choices = DataValidation(type="list", formula1=where, allow_blank=not column.required)
    # A role or a list of several values is right too where a column refers to units: offered, not demanded.
    choices.errorStyle = "stop" if column.choices else "warning"
    choices.add(f"{letter}2:{letter}{ROWS_MAX}")
    page.add_data_validation(choices)


def _mark(page: Worksheet, position: int, names: Sequence[str], refusals: Sequence[Refusal]) -> None:
    """Write the refusals into a last column, and colour the cells they are about."""
    _write(page, (HEADER_ROW, position), ERRORS)
    page.column_dimensions[get_column_letter(position)].width = ERRORS_WIDTH
    said: dict[int, list[str]] = {}
    for refusal in refusals:
        number = max(refusal.row, HEADER_ROW)
        said.setdefault(number, []).append(": ".join(filter(None, (refusal.column, refusal.reason))))
        if refusal.column in names:
            page.cell(number, names.index(refusal.column) + 1).fill = REFUSED
    for number, reasons in said.items():
        heading = [ERRORS] if number == HEADER_ROW else []
        _write(page, (number, position), "; ".join((*heading, *reasons)))
