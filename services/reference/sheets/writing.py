"""Rows -> files people can edit: CSV that Excel reads as UTF-8, and workbooks with notes and choices."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.reference.sheets.reading import ROWS_MAX, Column

LIST_CHARACTERS_MAX: Final = 255
"""Excel's limit for the choices of a drop-down list."""
COLUMN_WIDTH: Final = 18
TEXT_FORMAT: Final = "@"


def write_csv(sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return the rows as UTF-8 with a byte order mark, without which Excel in China reads GB18030."""
    del sheet
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in columns], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def write_workbook(sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return the rows as a workbook: columns are text, so that a code typed as 0101 stays 0101."""
    book = openpyxl.Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook has a worksheet")
    page.title = sheet
    page.append([column.name for column in columns])
    for row in rows:
        page.append([row.get(column.name, "") for column in columns])
    page.freeze_panes = "A2"
    for position, column in enumerate(columns, start=1):
        _dress(page, position, column)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def template_of(sheet: str, columns: Sequence[Column]) -> bytes:
    """Return an empty workbook to fill in."""
    return write_workbook(sheet, columns, ())


def _dress(page: Worksheet, position: int, column: Column) -> None:
    letter = get_column_letter(position)
    page.cell(1, position).comment = Comment(column.means + (" (required)" if column.required else ""), "whistle")
    page.column_dimensions[letter].width = COLUMN_WIDTH
    page.column_dimensions[letter].number_format = TEXT_FORMAT
    listed = ",".join(column.choices)
    if 0 < len(listed) <= LIST_CHARACTERS_MAX:
        choices = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=not column.required)
        choices.add(f"{letter}2:{letter}{ROWS_MAX}")
        page.add_data_validation(choices)
