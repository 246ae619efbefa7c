"""Plans with the latest instant at which each may be carried out: time moves in as few steps as keep every due date."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.city.plans import Planned, Plans

A_SECOND: Final = timedelta(seconds=1)


def last_moment(planned_at: datetime, due_at: datetime) -> datetime:
    """Return until when an act keeps a due date that it keeps at the instant it is planned for, be that the last."""
    return max(planned_at, due_at - A_SECOND)


@dataclass(slots=True, kw_only=True)
class Windows(Plans):
    """All plans of the city. Whoever steps to `latest` carries out, together, what lies between, and breaks nothing."""

    slack: timedelta
    """No plan waits longer than this."""
    _ends: list[tuple[datetime, Planned]] = field(default_factory=list)
    _outstanding: set[tuple[int, int]] = field(default_factory=set)
    _left: Counter[int] = field(default_factory=Counter)

    def add(self, planned: Planned, due_at: datetime | None = None) -> None:
        """Plan; what is planned by `due_at` will be carried out by then, what is planned later is late."""
        latest = planned.at + self.slack
        if due_at is not None and planned.at <= due_at:
            latest = min(latest, due_at)
        Plans.add(self, planned)
        heapq.heappush(self._ends, (latest, planned))
        self._outstanding.add((planned.serial, planned.turn))
        self._left[planned.serial] += 1

    def latest(self) -> datetime | None:
        """Return how far time may go: the first instant by which a plan must have been carried out."""
        while self._ends and (self._ends[0][1].serial, self._ends[0][1].turn) not in self._outstanding:
            heapq.heappop(self._ends)
        return self._ends[0][0] if self._ends else None

    def due(self, by: datetime) -> Iterator[Planned]:
        """Take out every plan up to `by`, in order."""
        for planned in Plans.due(self, by):
            self._outstanding.discard((planned.serial, planned.turn))
            self._left[planned.serial] -= 1
            yield planned

    def waits_for_somebody(self, serial: int) -> bool:
        """Whether somebody still means to do something about this report."""
        return self._left[serial] > 0
