"""The gate before a comparison: opens when everything sent before it began must have taken effect (design §3).

Three things are waited for, one after the other: rows that were pending have been sent; every consumer on the way has
committed past the ends its topic had then; and so on, leg by leg. Only then is a missing effect a lost one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

Place = tuple[str, int]
"""Topic and partition."""

PENDING_SECONDS_MAX: Final = 600.0
"""A row that cannot be sent must not stop every comparison; what is pending is left alone row by row anyway."""


class Leg(NamedTuple):
    """One topic on the way, and the consumer group that reads it."""

    topic: str
    group: str


@dataclass(frozen=True, slots=True)
class BrokerView:
    """What the broker said. Commits were read before ends: what passed is then surely within the ends noted."""

    committed: Mapping[str, Mapping[Place, int]]
    starts: Mapping[Place, int]
    ends: Mapping[Place, int]

    def ends_of(self, topic: str) -> dict[Place, int]:
        return {place: end for place, end in self.ends.items() if place[0] == topic}


@dataclass(slots=True)
class Gate:
    """One comparison to come: what was written before `horizon` is compared once the gate is open."""

    path: tuple[Leg, ...]
    horizon: str
    """The oldest transaction still running when the gate began; what older ones wrote is compared."""
    began_at: float
    """Monotonic seconds."""
    pending_last: int | None
    """The newest pending row when the gate began."""
    next_start: datetime | None = None
    """An instant whose causes have long been committed: where the comparison after this one may begin."""
    noted: dict[Place, int] = field(default_factory=dict)
    """Every end noted so far."""
    _stage: int = -1
    _ends: dict[Place, int] = field(default_factory=dict)

    def look(self, now: float, leeway: float, pending_first: int | None, view: BrokerView) -> bool:
        """Go on as far as possible; true when the gate is open. `pending_first` was read before `view`."""
        if now - self.began_at < leeway:
            return False
        if self._stage < 0:
            if self._still_pending(now, pending_first) or not self._note(0, view):
                return False
            self._stage = 0
        while self._stage < len(self.path):
            if not self._passed(view) or not self._note(self._stage + 1, view):
                return False
            self._stage += 1
        return True

    def _still_pending(self, now: float, pending_first: int | None) -> bool:
        if self.pending_last is None or pending_first is None or now - self.began_at > PENDING_SECONDS_MAX:
            return False
        return pending_first <= self.pending_last

    def _note(self, stage: int, view: BrokerView) -> bool:
        """Note the ends of a leg's topic; false while the topic does not exist."""
        if stage == len(self.path):
            return True
        ends = view.ends_of(self.path[stage].topic)
        if not ends:
            return False
        self._ends = ends
        self.noted |= ends
        return True

    def _passed(self, view: BrokerView) -> bool:
        leg = self.path[self._stage]
        ends = view.ends_of(leg.topic)
        if any(ends.get(place, -1) < noted for place, noted in self._ends.items()):
            self._note(self._stage, view)  # the topic was made anew: what was noted means nothing any more
            return False
        committed = view.committed.get(leg.group, {})
        # A group that never committed stands at the start.
        return all(committed.get(place, view.starts.get(place, 0)) >= noted for place, noted in self._ends.items())
