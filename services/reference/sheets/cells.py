"""Values -> cells, as every sheet writes them."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import StagedLimit
from services.reference.model.rules import Window
from services.reference.sheets.reading import SEPARATOR, Column

DEFAULTS: Final = {"lane": "ordinary", "priority": 0, "by_sound": False}
"""Written as an empty cell."""


def cells_of(value: msgspec.Struct, columns: Sequence[Column]) -> dict[str, str]:
    """Return the cells of one row; columns that the value knows nothing of stay empty."""
    return {column.name: _cell(column.name, getattr(value, column.name, None)) for column in columns}


def _cell(name: str, value: object) -> str:
    if value is None or value == DEFAULTS.get(name):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return SEPARATOR.join(map(_one, value))
    return _one(value)


def _one(value: object) -> str:
    if isinstance(value, StagedLimit):
        return f"{value.name}={value.limit}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | UUID | Window):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no cell")
