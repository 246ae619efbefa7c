"""`kill -9` of a service now and then: at points in the sequence of calls that the seed alone decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx2

from deploy.demo.city.doors import Doors
from deploy.demo.draws import Draws

VICTIMS: Final = ("intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "reconciler")


@dataclass(slots=True, kw_only=True)
class Killer:
    """Counts calls; at every drawn one a drawn service dies, whatever it is doing."""

    kill: Callable[[str], None]
    seed: int
    every: int
    """Calls between two kills, on average; 0: never."""
    killed: list[str] = field(default_factory=list)
    _calls: int = 0
    _next_at: int = 0

    def called(self) -> None:
        """Note one call."""
        self._calls += 1
        if self.every and not self._next_at:
            self._next_at = self._gap()
        if self.every and self._calls >= self._next_at:
            victim = Draws(self.seed, "victim", len(self.killed)).pick(VICTIMS)
            self.killed.append(victim)
            self._next_at = self._calls + self._gap()
            self.kill(victim)

    def _gap(self) -> int:
        return round(self.every * Draws(self.seed, "gap", len(self.killed)).between(0.5, 1.5))


@dataclass(frozen=True, slots=True)
class CountedDoors(Doors):
    """The city's doors; whoever knocks is counted."""

    killer: Killer

    async def _post(self, url: str, content: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        self.killer.called()
        return await Doors._post(self, url, content, headers)
