"""admissions.csv: the tasks that the leading group's office let go down to the grassroots, or refused (准入).

Every row of `duty_lists` names one of these. A database keeps the register itself (`whistle admission`): its rows count
before a sheet's, and `whistle admission ls` shows them.
"""

from typing import Final, get_args

from services.reference.model.duties import Admission, AdmissionState
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "admissions"
YES: Final = "yes"
STATES: Final[tuple[AdmissionState, ...]] = get_args(AdmissionState)
CONDITION: Final = ("yes", "no")
COLUMNS: Final = (
    Column("id", "number of the admission, such as `ZR-2025-014`; unique", required=True),
    Column("title", "the task in a few words", required=True),
    Column("requested_by", "id of the department whose work it is", required=True, refers="department"),
    Column("items", "catalogue codes", required=True),
    Column("units", "ids of the subdistricts or communities; each stands for everything below it", required=True),
    Column("funds", "funds follow the task", required=True, choices=CONDITION),
    Column("staff", "staff follow the work", required=True, choices=CONDITION),
    Column("powers", "powers match the duty", required=True, choices=CONDITION),
    Column("state", "what the leading group's office decided", required=True, choices=STATES),
    Column("decided_on", "day of the decision"),
    Column("valid_to", "first day it no longer holds; needed when withdrawn"),
    Column("reason", "of the decision"),
)


def read_admissions(name: str, content: bytes) -> list[Entry[Admission]]:
    """Return the admissions of the sheet. One that is approved without its conditions is refused, naming them."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _admission)


def _admission(row: Row) -> Admission:
    state = row.choice("state", STATES)
    admission = Admission(
        id=row.text("id"),
        title=row.text("title"),
        requested_by=row.text("requested_by"),
        items=row.many("items"),
        units=row.many("units"),
        funds=row.choice("funds", CONDITION) == YES,
        staff=row.choice("staff", CONDITION) == YES,
        powers=row.choice("powers", CONDITION) == YES,
        state=state,
        decided_on=row.day("decided_on"),
        valid_to=row.day("valid_to"),
        reason=row.optional("reason"),
    )
    if row.refusals:
        return admission
    for condition in admission.missing if state == "approved" else ():
        row.refuse(condition, "approved without it: funds, staff and powers go together with a task")
    if state != "requested" and admission.decided_on is None:
        row.refuse("decided_on", f"{state}, but when?")
    if state == "withdrawn" and admission.valid_to is None:
        row.refuse("valid_to", "withdrawn, but from when on?")
    return admission
