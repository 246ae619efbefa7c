"""duty_lists.csv: which departments' duties a subdistrict or community has taken over, and who approved it.

A department's duty never goes to the grassroots unless the item stands here for that very unit with an approved
admission (X-05). A district that delegated nothing has a sheet with a header only: then every item of the catalogue
that names a grassroots lead goes to the department in its column `duty_of`.
"""

from typing import Final

from services.reference.model.duties import Duty
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "duty_lists"
COLUMNS: Final = (
    Column("unit", "id of a subdistrict, community or grid", required=True),
    Column("item", "catalogue code, such as 1001", required=True),
    Column("admission", "number of the admission that approved it, such as `ZR-2025-014`", required=True),
    Column("approved_on", "day of the approval", required=True),
)


def read_duty_lists(name: str, content: bytes) -> list[Entry[Duty]]:
    """Return the duties taken over. A row without an approved admission is refused."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _duty)


def _duty(row: Row) -> Duty:
    approved_on = row.day("approved_on")
    if not row.optional("admission"):
        row.refuse("admission", "a department's duty needs an admission before it goes to the grassroots")
    elif approved_on is None and not row.refusals:
        row.refuse("approved_on", "the admission is not approved")
    return Duty(
        unit=row.text("unit"),
        item=row.text("item"),
        admission=row.optional("admission") or "",
        approved_on=approved_on,
    )
