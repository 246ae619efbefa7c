"""xlsx files as lines of text cells, read without executing or expanding anything."""

import io
from collections.abc import Iterator
from datetime import date, datetime

import openpyxl
from openpyxl.xml import DEFUSEDXML

from services.reference.sheets.refusals import Refusal, SheetsRefusedError

# openpyxl uses defusedxml when that is installed; without it an entity bomb would be expanded.
if not DEFUSEDXML:
    raise ImportError("defusedxml is missing or switched off")


def lines_of(content: bytes) -> Iterator[list[str]]:
    """Yield the rows of the first worksheet; a formula's last computed value counts.

    Raises:
        SheetsRefusedError: no workbook.
    """
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the zip and XML layers raise
        raise SheetsRefusedError([Refusal("workbook", 0, "", f"no xlsx file: {error}")]) from error
    try:
        for values in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(value) for value in values]
    finally:
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
