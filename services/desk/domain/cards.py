"""Cards: how far a clock has climbed, read from the step it owes next and the policy that names the colours."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Final

import msgspec

from services.contracts.events.progress import Card, ClockKind, Step
from services.reference.model.policies import Policies, Rung

SEVERITY: Final[dict[Card, int]] = {"blue": 1, "yellow": 2, "red": 3}


class RunningClock(msgspec.Struct, frozen=True, array_like=True):
    """A clock that has not stopped."""

    kind: ClockKind
    unit: str
    due_at: datetime
    ladder: str
    next_step: Step | None
    allowed: str = ""
    """The limit as the city writes it."""
    calendar: int = 0
    """The version whose calendar counts."""


def worst_card(clocks: Iterable[RunningClock], policies: Policies) -> Card | None:
    """Return the most severe card that running clocks have drawn, or None."""
    drawn = (rung.card for clock in clocks for rung in _climbed(clock, policies) if rung.card is not None)
    return max(drawn, key=SEVERITY.__getitem__, default=None)


def _climbed(clock: RunningClock, policies: Policies) -> Iterator[Rung]:
    """Give the rungs below the one owed next; a running clock that owes nothing more has climbed them all."""
    ladder = policies.ladders.get(clock.ladder)
    return takewhile(lambda rung: rung.step != clock.next_step, ladder.rungs if ladder else ())
