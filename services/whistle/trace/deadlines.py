"""How a clock's deadline was computed, derived again from its start, its limit and its calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from services.ledger.domain.ladder import limit_of
from services.reference.model.calendars import calendar_of
from services.reference.model.version import ReferenceVersion
from services.worktime.arithmetic import add, is_provisional, segments
from services.worktime.calendar import Calendar, UnknownYearError


@dataclass(frozen=True, slots=True)
class Derivation:
    """Which open intervals counted. `agrees` is false where the stored deadline was moved since, as by an extension."""

    calendar: str
    counted: tuple[tuple[datetime, datetime], ...]
    agrees: bool
    provisional: bool

    def in_words(self, limit: str, zone: tzinfo) -> str:
        """Return one line that a clerk can follow."""
        if not self.counted:
            return f"{limit} of clock time"
        parts = [f"{_day(begin, zone)} {_time(begin, zone)}-{_time(end, zone)}" for begin, end in self.counted]
        shown = parts if len(parts) <= 6 else [*parts[:3], f"… {len(parts) - 5} more …", *parts[-2:]]
        total = sum((end - begin for begin, end in self.counted), timedelta(0))
        notes = "" if self.agrees else "; moved since"
        notes += "; a year of this calendar is provisional" if self.provisional else ""
        return f"{limit} = {_hours(total)} in {', '.join(shown)} ({self.calendar}){notes}"


def calendars_of(versions: Mapping[int, ReferenceVersion]) -> dict[int, Calendar]:
    """Return each version's calendar."""
    return {number: calendar_of(version.calendars, version.policies.day_mode) for number, version in versions.items()}


def derive(clock: Mapping[str, Any], calendars: Mapping[int, Calendar]) -> Derivation | None:
    """Return the derivation; None when the version or a year of its calendar is unknown here."""
    calendar = calendars.get(clock["calendar"])
    if calendar is None:
        return None
    limit = limit_of(clock["allowed"])
    try:
        due = add(clock["started_at"], limit, calendar)
        counted = segments(clock["started_at"], due, calendar) if limit.unit.follows_calendar else []
        provisional = bool(counted) and is_provisional(clock["started_at"], due, calendar)
    except UnknownYearError:
        return None
    return Derivation(calendar.version, tuple(counted), due == clock["due_at"], provisional)


def _day(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%m-%d")


def _time(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")


def _hours(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")
