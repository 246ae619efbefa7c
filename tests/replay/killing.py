"""`kill -9` of a service now and then: at points in the sequence of acts and reports that the seed alone decides."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from deploy.demo.draws import Draws

VICTIMS: Final = (
    "intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "appraisal", "reconciler",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Killer:
    """Counts what is asked of the services; at every drawn number a drawn one dies, whatever it is doing."""

    kill: Callable[[str], bool]
    """Returns whether there was anything to kill: it may be starting again."""
    seed: int
    every: int
    """Acts and reports between two kills, on average; 0: never."""
    killed: list[str] = field(default_factory=list)
    _asked: int = 0
    _drawn: int = 0
    _next_at: int = 0

    def called(self, count: int = 1) -> None:
        """Note what one call asks for."""
        self._asked += count
        if self.every and not self._next_at:
            self._next_at = self._gap()
        while self.every and self._asked >= self._next_at:
            victim = Draws(self.seed, "victim", self._drawn).pick(VICTIMS)
            self._drawn += 1
            self._next_at += self._gap()
            if self.kill(victim):
                self.killed.append(victim)

    def _gap(self) -> int:
        return max(1, round(self.every * Draws(self.seed, "gap", self._drawn).between(0.5, 1.5)))
