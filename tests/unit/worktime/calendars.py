"""Calendars for the tests, built from the shipped sheets by plain reading."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from services.worktime.calendar import SHANGHAI, Calendar, Status, YearDays

SHEETS = Path(__file__).parents[3] / "deploy" / "reference" / "calendars"


def year_of(name: str) -> YearDays:
    sheet = json.loads((SHEETS / name).read_text(encoding="utf-8"))
    return YearDays(
        year=sheet["year"],
        holidays=frozenset(map(date.fromisoformat, sheet["holidays"])),
        makeup_workdays=frozenset(map(date.fromisoformat, sheet["makeup_workdays"])),
        status=Status(sheet["status"]),
    )


OFFICE = Calendar.of("CN-2026.1+CN-2027.1", year_of("CN-2026.json"), year_of("CN-2027.json"))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
