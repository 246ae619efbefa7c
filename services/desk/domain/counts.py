"""Whistles counted: how often each subdistrict blows, and how departments answered (S1-09, domain §6.3)."""

from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from services.worktime.calendar import SHANGHAI

DAYS_USUAL: Final = 30
DAYS_MAX: Final = 366


class PeriodAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Local days, both included; without them the last thirty."""

    since: date | None = None
    until: date | None = None

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return where the period begins and ends.

        Raises:
            ValueError: it ends before it begins, or is longer than a year.
        """
        last = self.until or now.astimezone(SHANGHAI).date()
        first = self.since or last - timedelta(days=DAYS_USUAL - 1)
        if not timedelta(0) <= last - first < timedelta(days=DAYS_MAX):
            raise ValueError(f"a period has 1 to {DAYS_MAX} days")
        return (
            datetime.combine(first, time.min, SHANGHAI),
            datetime.combine(last + timedelta(days=1), time.min, SHANGHAI),
        )


class WhistleRate(msgspec.Struct, frozen=True, kw_only=True):
    """One subdistrict: its cases, its whistles, and how many of those were wrong."""

    subdistrict: str
    cases: int
    whistles: int
    automatic: int
    wrong: int
    rate: float | None
    """Whistles per case; None without cases."""


class WhistleRates(msgspec.Struct, frozen=True, kw_only=True):
    """Every subdistrict of which the asker may see cases."""

    since: datetime
    until: datetime
    rows: tuple[WhistleRate, ...]


class WhistleAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """One department: how it answered the whistles that called it; wrong whistles count for nobody."""

    unit: str
    called: int
    on_time: int
    late: int
    no_show: int
    refused: int
    waited_for: int
    judged: int
    punctuality: float | None
    """Means of the whistlers' judgements, from 1 to 5; None before the first."""
    effort: float | None
    result: float | None
    satisfaction: float | None


class DepartmentsAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """What the upward evaluation is made of, for the whistles the asker may see."""

    since: datetime
    until: datetime
    rows: tuple[WhistleAnswers, ...]
