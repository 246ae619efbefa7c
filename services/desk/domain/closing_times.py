"""How long cases take from receipt to closing, by item, compared with a period before (S0-06)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from services.desk.domain.counts import PeriodAsked

SECONDS_PER_HOUR: Final = 3600.0


class ComparedAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Local days, both included; without them the last thirty, compared with as many days before."""

    since: date | None = None
    until: date | None = None
    baseline_since: date | None = None
    baseline_until: date | None = None

    def bounds(self, now: datetime) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
        """Return where the period and its baseline begin and end.

        Raises:
            ValueError: one of them ends before it begins, or is longer than a year.
        """
        begins, ends = PeriodAsked(since=self.since, until=self.until).bounds(now)
        last = self.baseline_until or begins.date() - timedelta(days=1)
        first = self.baseline_since or last - (ends - begins) + timedelta(days=1)
        return (begins, ends), PeriodAsked(since=first, until=last).bounds(now)


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Cases closed in a period, and how long they took, as the clock on the wall counts."""

    cases: int
    median_hours: float
    p90_hours: float
    """Nine in ten took no longer."""


class ClosingTime(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the catalogue; None for cases of no item."""

    item: str | None
    period: Spread | None
    """None: none was closed."""
    baseline: Spread | None
    median_change: float | None
    """Of the median, as a part of the baseline's: -0.5 is half the time. None where there is nothing to compare."""


class ClosingTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Of the cases the asker may see: all together, and every item of which one was closed."""

    since: datetime
    until: datetime
    baseline_since: datetime
    baseline_until: datetime
    total: ClosingTime
    rows: tuple[ClosingTime, ...]


def compared(item: str | None, period: Spread | None, baseline: Spread | None) -> ClosingTime:
    """Return one line of the comparison."""
    change = None
    if period is not None and baseline is not None and baseline.median_hours:
        change = round(period.median_hours / baseline.median_hours - 1, 4)
    return ClosingTime(item=item, period=period, baseline=baseline, median_change=change)


def rows_of(period: Mapping[str | None, Spread], baseline: Mapping[str | None, Spread]) -> tuple[ClosingTime, ...]:
    """Return a line per item of either period, by item; what has no item comes first."""
    items = sorted({*period, *baseline}, key=lambda item: item or "")
    return tuple(compared(item, period.get(item), baseline.get(item)) for item in items)
