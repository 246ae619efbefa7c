"""A sheet of shifts -> shifts, or everything that is wrong with it by row and column."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.desk.domain.rosters import ShiftEntered
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

SHEET: Final = "roster"
ROWS_MAX: Final = 200
DAY: Final = timedelta(days=1)
COLUMNS: Final = (
    Column("name", "who is on duty, as the unit's people are called", required=True),
    Column("day", "on which the shift begins, such as 2026-03-02", required=True),
    Column("from", "when it begins, such as 08:00", required=True),
    Column("to", "when it ends, such as 18:00; not later than `from`: on the next day", required=True),
)


def read_shifts(name: str, content: bytes, unit: str, people: Mapping[UUID, str], zone: ZoneInfo) -> list[ShiftEntered]:
    """Return the shifts of a workbook or CSV for people of the unit; times are the district's.

    Raises:
        SheetsRefusedError: with every refusal of every row.
    """
    rows = rows_of(SHEET, name, content, COLUMNS)
    if len(rows) > ROWS_MAX:
        raise SheetsRefusedError([Refusal(SHEET, 0, "", f"more than {ROWS_MAX} rows")])
    by_name: dict[str, list[UUID]] = {}
    for person, called in people.items():
        by_name.setdefault(called, []).append(person)
    entries: Sequence[Entry[ShiftEntered | None]] = parse_rows(rows, lambda row: _shift(row, unit, by_name, zone))
    return [entry.value for entry in entries if entry.value is not None]


def _shift(row: Row, unit: str, by_name: Mapping[str, Sequence[UUID]], zone: ZoneInfo) -> ShiftEntered | None:
    called = row.text("name")
    found = by_name.get(called, ())
    if called and len(found) != 1:
        row.refuse("name", f"{called!r} is {'no one of' if not found else 'more than one of'} the unit's people")
    day, begins, ends = row.read("day", _day), row.read("from", _time), row.read("to", _time)
    for column, value in (("day", day), ("from", begins), ("to", ends)):
        if not row.cells.get(column) and value is None:
            row.refuse(column, "empty")
    if day is None or begins is None or ends is None or len(found) != 1:
        return None
    begins_at = datetime.combine(day, begins, zone)
    ends_at = datetime.combine(day if ends > begins else day + DAY, ends, zone)
    return ShiftEntered(unit=unit, person_id=found[0], begins_at=begins_at, ends_at=ends_at)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day like 2026-01-31") from None


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time of day like 08:00") from None
