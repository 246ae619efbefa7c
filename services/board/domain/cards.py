"""The card of a case: what its clocks have shown so far, the worst first (domain §6.4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple

from services.contracts.events import ClockSnapshot

Card = Literal["none", "blue", "yellow", "red"]

CARDS: Final[tuple[Card, ...]] = ("none", "blue", "yellow", "red")
"""By rank, as `ledger.card_rank` gives it."""
RANK_BEFORE: Final = {"reminder": 0, "limit": 1, "letter": 2, "supervision": 2}
"""The rank of a clock by the step it owes next; above them, and at the top of the ladder, it is red."""
CLOCKS: Final = frozenset({"promise", "handling"})
"""Clocks that climb the overdue ladder."""


class Standing(NamedTuple):
    """How late a case is."""

    card: Card
    due_at: datetime | None
    """The nearest due date among the clocks of its card; None when no such clock runs."""
    calendar: int | None
    """By which version's working days the limit of that clock counts; None where it counts day and night."""


def rank_of(next_step: str | None) -> int:
    """Return the rank a running clock has reached."""
    return 3 if next_step is None else RANK_BEFORE.get(next_step, 3)


def standing_of(clocks: Iterable[ClockSnapshot], reference_version: int) -> Standing:
    """Return the worst card of the running clocks, and when the earliest of them is due."""
    running = [(rank_of(c.next_step), c) for c in clocks if c.stopped_at is None and c.kind in CLOCKS]
    if not running:
        return Standing("none", None, None)
    worst = max(rank for rank, _ in running)
    nearest = min((c for rank, c in running if rank == worst), key=lambda c: c.due_at)
    return Standing(CARDS[worst], nearest.due_at, _calendar_of(nearest, reference_version))


def report_in_calendar(clocks: Iterable[ClockSnapshot], whistle: int, reference_version: int) -> int | None:
    """Return by which version's working days the called departments' limit counts; None for day and night."""
    calls = (c for c in clocks if c.kind == "report_in" and c.cycle == whistle)
    return next((_calendar_of(call, reference_version) for call in calls), None)


def _calendar_of(clock: ClockSnapshot, reference_version: int) -> int | None:
    return None if clock.day_and_night else clock.calendar or reference_version
