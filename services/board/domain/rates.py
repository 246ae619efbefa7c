"""The rates a district is judged by, each by a definition of its own (domain §2.4). Pure.

`closed / reported` and `on time / due` are two figures: the first says what became of everything, the second who kept
the promise. A case left out of the statistics by review is on neither side of either.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

import msgspec

TENTH: Final = Decimal("0.1")


class Promise(msgspec.Struct, frozen=True, gc=False):
    """One report's promise to the resident, as its clock says."""

    due_at: datetime
    stopped_at: datetime | None = None
    """When the case was closed; a merged report's promise stops with the case it was merged into."""
    excluded: bool = False


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """How many, and out of how many."""

    reported: int
    """受理: everything reported, less what was excluded."""
    closed: int
    """办结: closed by now, in time or not."""
    due: int
    """应结案: whose promise has come due by now."""
    on_time: int
    """按期结案: of those, closed when or before it came due."""
    left_overdue: int
    """遗留超期: of those, not closed yet."""

    @property
    def open(self) -> int:
        return self.reported - self.closed

    @property
    def closure_rate(self) -> Fraction | None:
        """办结率: closed / reported. None where nothing was reported."""
        return Fraction(self.closed, self.reported) if self.reported else None

    @property
    def on_time_rate(self) -> Fraction | None:
        """按期结案率: on time / due. None where nothing has come due."""
        return Fraction(self.on_time, self.due) if self.due else None


def rates_of(promises: Iterable[Promise], now: datetime) -> Rates:
    """Return the rates as they stand at `now`."""
    counted = [promise for promise in promises if not promise.excluded]
    due = [promise for promise in counted if promise.due_at <= now]
    return Rates(
        reported=len(counted),
        closed=sum(_closed_by(promise, now) for promise in counted),
        due=len(due),
        on_time=sum(_closed_by(promise, promise.due_at) for promise in due),
        left_overdue=sum(not _closed_by(promise, now) for promise in due),
    )


def percent(rate: Fraction | None) -> str:
    """Return a rate as it is printed: one place, half up; a dash where there is none."""
    if rate is None:
        return "–"
    exact = Decimal(100 * rate.numerator) / Decimal(rate.denominator)
    return f"{exact.quantize(TENTH, ROUND_HALF_UP)} %"


def _closed_by(promise: Promise, at: datetime) -> bool:
    return promise.stopped_at is not None and promise.stopped_at <= at
