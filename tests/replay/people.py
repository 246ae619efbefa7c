"""Who closes what: everybody finishes in the end, but for the cases that stay open; nobody looks at those again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from deploy.demo.behaviour import LeadWork, People, Shares
from deploy.demo.draws import Draws
from deploy.demo.reports import DemoReport

REPORTED: Final = 41_548
CLOSED: Final = 41_132
"""As the seed counts them (S0)."""
SHARES: Final = Shares(never_signs_in=0.0, never_handles=0.0, ignores_pushes=0.0, rates=0.0, withdraws=0.0)
"""Late now and then, but nobody leaves anything undone; ratings and withdrawals change no closure."""


@dataclass(frozen=True, slots=True)
class Finishing(People):
    """The people of the sample district; the leads of `left_open` sign in and do nothing more."""

    shares: Shares = SHARES
    left_open: frozenset[int] = field(default=frozenset())

    def lead(self, serial: int, unit: str, cycle: int) -> LeadWork:
        """Return what `unit` does; of a case that stays open, neither a reply nor a return."""
        work = People.lead(self, serial, unit, cycle)
        if serial not in self.left_open:
            return work
        return replace(work, returns=None, handles=None, handles_once_pushed=None)


def open_of(count: int) -> int:
    """Return how many of `count` reports stay open, in the seed's proportion."""
    return count - round(count * CLOSED / REPORTED)


def left_open(reports: Iterable[DemoReport], count: int, seed: int) -> frozenset[int]:
    """Draw the serials of the cases that stay open.

    Among those that no other report repeats, nor is like in place and item: a merged report would close with its elder.
    """
    known = list(reports)
    repeated = {one.duplicate_of for one in known} | {one.serial for one in known if one.duplicate_of}
    alike = Counter((one.grid, one.about) for one in known)
    alone = [
        one.serial
        for one in known
        if one.serial not in repeated and one.flavour == "ordinary" and alike[one.grid, one.about] == 1
    ]
    return frozenset(Draws(seed, "left open").shuffled(alone)[:count])
