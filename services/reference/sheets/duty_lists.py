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
    Column("unit", "id of a subdistrict, community or grid", required=True, refers="unit"),
    Column("item", "catalogue code, such as 1001", required=True, refers="item"),
    Column("admission", "number of the admission that approved it, such as `ZR-2025-014`", required=True),
    Column("approved_on", "day of the approval; when given, the admission's"),
    Column("valid_from", "first day of the duty; empty: always"),
    Column("valid_to", "first day on which it is the department's again; empty: open"),
)


def read_duty_lists(name: str, content: bytes) -> list[Entry[Duty]]:
    """Return the duties taken over. A row without an admission is refused."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _duty)


def _duty(row: Row) -> Duty:
    if not row.optional("admission"):
        row.refuse("admission", "a department's duty needs an admission before it goes to the grassroots")
    duty = Duty(
        unit=row.text("unit"),
        item=row.text("item"),
        admission=row.optional("admission") or "",
        approved_on=row.day("approved_on"),
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
    )
    row.refuse_empty_span(duty.valid_from, duty.valid_to)
    return duty
