"""What people have planned: acts with their instants, taken out in an order that the seed alone decides."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from services.ledger.domain.acts import Act

GRID: Final = timedelta(minutes=10)
"""The simulated week moves in steps of this."""
_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)

Door = Literal["report", "act", "rate"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Planned:
    """One thing somebody will do. The order is the city's: by instant, then by the report's serial, then as planned."""

    at: datetime
    serial: int
    turn: int
    door: Door = field(compare=False)
    unit: str = field(default="", compare=False)
    roles: tuple[str, ...] = field(default=(), compare=False)
    """Roles of which one does it; empty: whoever does the unit's work."""
    act: Act | None = field(default=None, compare=False)
    rating: int = field(default=0, compare=False)
    reason: str = field(default="", compare=False)
    """Why somebody is not satisfied; such a result is done again."""

    @property
    def key(self) -> str:
        """The idempotency key: the same for the same plan of the same seed."""
        return f"{self.door}-{self.serial}-{self.turn}"


@dataclass(slots=True)
class Plans:
    """All plans of the city."""

    _heap: list[Planned] = field(default_factory=list)

    def add(self, planned: Planned) -> None:
        heapq.heappush(self._heap, planned)

    def next_at(self) -> datetime | None:
        """Return the instant of the first plan."""
        return self._heap[0].at if self._heap else None

    def due(self, by: datetime) -> Iterator[Planned]:
        """Take out every plan up to `by`, in order."""
        while self._heap and self._heap[0].at <= by:
            yield heapq.heappop(self._heap)


def on_the_grid(at: datetime, grid: timedelta = GRID) -> datetime:
    """Return the first instant of the grid that is not before `at`."""
    steps = -((_EPOCH - at) // grid)
    return _EPOCH + steps * grid
