"""Columns of a batch as PostgreSQL array literals, to be cast: `$1::text::uuid[]`.

asyncpg looks at every element of an array in Python; msgspec writes the same list at the speed of C. Measured with
asyncpg 0.30, 200 cases of 70 elements: 9.6 ms by arrays, 1.1 ms so.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

_CONTROL: Final = re.compile(r"[\x00-\x1f]")
_ENCODE: Final = msgspec.json.Encoder().encode

Element = str | int | UUID | datetime | None


def column(values: Sequence[Element]) -> str:
    """Return a one-dimensional array literal; texts may hold quotes and backslashes, but no control characters.

    Raises:
        ValueError: a text with a control character, which JSON and array literals spell differently.
    """
    written = _ENCODE(values).decode()
    if "\\" in written and any(isinstance(value, str) and _CONTROL.search(value) for value in values):
        raise ValueError("a column's text holds a control character")
    return "{" + written[1:-1] + "}"
