"""powers.csv: which enforcement powers a tier or a unit holds, and on which days. May be missing: then none are needed.

An item that stands here may be led by a subdistrict or community only on days on which it holds the power; on every
other day the case goes to the department (S2-02). Items that do not stand here need no power.
"""

from typing import Final

from services.reference.model.duties import Power
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "powers"
COLUMNS: Final = (
    Column("item", "catalogue code, such as 1301", required=True, refers="item"),
    Column(
        "holder", "id of a subdistrict or community; `subdistrict` or `community`: every one of them", required=True
    ),
    Column("valid_from", "first day of the power; empty: always did"),
    Column("valid_to", "first day on which it is the district's; empty: open"),
    Column("basis", "the list or decision that gave it", required=True),
)


def read_powers(name: str, content: bytes) -> list[Entry[Power]]:
    """Return the powers of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _power)


def _power(row: Row) -> Power:
    power = Power(
        item=row.text("item"),
        holder=row.text("holder"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        basis=row.text("basis"),
    )
    row.refuse_empty_span(power.valid_from, power.valid_to)
    return power
