"""When scheduled work is due: daily, by the city's clock; what was slept through is not made up (design §3)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.worktime.calendar import SHANGHAI

DIGEST: Final = "digest"
DIGEST_AT: Final = time(18)
"""When the day's digest goes out (S4-06)."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a schedule; the natural key of its row is the schedule's name and `name`."""

    name: str
    next_at: datetime


def next_daily(after: datetime, at: time = DIGEST_AT, zone: ZoneInfo = SHANGHAI) -> Period:
    """Return the first period that is due later than `after`."""
    day = after.astimezone(zone).date()
    due = datetime.combine(day, at, zone)
    if due <= after:
        day += DAY
        due = datetime.combine(day, at, zone)
    return Period(day.isoformat(), due)


def day_of(instant: datetime, zone: ZoneInfo = SHANGHAI) -> tuple[datetime, datetime]:
    """Return when the local day of an instant begins, and when the next one does."""
    begins = datetime.combine(instant.astimezone(zone).date(), time.min, zone)
    return begins, datetime.combine(begins.date() + DAY, time.min, zone)


def month_begins(instant: datetime, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Return when the local month of an instant began."""
    return datetime.combine(instant.astimezone(zone).date().replace(day=1), time.min, zone)
