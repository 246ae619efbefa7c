"""A workbook as openpyxl lays it out: text in every cell, a note on each heading, choices, what was refused."""

import io
from collections.abc import Sequence
from typing import Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.reference.sheets.reading import ERRORS, HEADER_ROW, ROWS_MAX, Column
from services.reference.sheets.refusals import Refusal
from services.reference.sheets.writing import Beside, Rows

LISTS: Final = "choices"
"""The hidden page that holds what drop-down lists offer: a list written into the cell has 255 characters at most."""
COLUMN_WIDTH: Final = 18
ERRORS_WIDTH: Final = 60
TEXT_FORMAT: Final = "@"
REFUSED: Final = PatternFill("solid", fgColor="FFD9D9")


def written(sheet: str, columns: Sequence[Column], rows: Rows, beside: Beside) -> bytes:
    """Return the rows as a workbook with what is shown beside them."""
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
