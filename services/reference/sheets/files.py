"""CSV bytes <-> lines of cells: the encodings offices use, and cells that no spreadsheet runs as a formula."""

import csv
import io
from collections.abc import Iterator
from typing import Final

ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""Tried in this order; UTF-8 with and without a byte order mark are one."""
QUOTE: Final = "'"
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by a spreadsheet when a CSV is opened."""


def csv_lines(content: bytes) -> Iterator[list[str]]:
    """Yield the lines of a CSV, cells without the quote that kept them from being run.

    Raises:
        ValueError: neither UTF-8 nor GB18030.
    """
    for line in csv.reader(io.StringIO(decoded(content), newline="")):
        yield [unquoted(cell) for cell in line]


def decoded(content: bytes) -> str:
    """Return the text. Raises ValueError where no encoding of ENCODINGS fits."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF-8 nor GB18030")


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet runs: quoted where it begins like a formula, numbers left as they are."""
    if text.startswith(QUOTE) or (text.startswith(FORMULA_STARTS) and not _is_number(text)):
        return QUOTE + text
    return text


def unquoted(text: str) -> str:
    """Return what `harmless` was given."""
    return text[1:] if text.startswith(QUOTE) and text[1:].startswith((QUOTE, *FORMULA_STARTS)) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
