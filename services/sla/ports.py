"""What sla needs: somebody who settles, and two clocks that can be compared."""

from datetime import datetime
from typing import Protocol


class Settled(Protocol):
    @property
    def cases(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def lateness_seconds(self) -> float: ...
    @property
    def by_step(self) -> tuple[tuple[str, str], ...]: ...


class Settling(Protocol):
    async def settle_due(self, at_most: int) -> Settled:
        """Make what is owed by now effective, of up to `at_most` cases; safe beside any other instance."""
        ...


class Schedules(Protocol):
    async def settle_due(self) -> int:
        """Settle the scheduled work owed by now, each period once; safe beside any other instance."""
        ...


class ClockGuard(Protocol):
    """The database's clock and the row that stops settling."""

    async def read(self) -> tuple[datetime, bool]:
        """Return the server's own instant and whether settling is stopped."""
        ...

    async def stop(self, reason: str) -> None:
        """Stop settling and acting until an operator confirms the time."""
        ...
