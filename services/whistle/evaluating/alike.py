"""Labelled reports compared as the ledger compares cases: each with a bounded number of earlier ones."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

import msgspec

from services.contracts.events import Place
from services.ledger.domain.likeness import Likeness, Look, likeness
from services.reference.model.duplicates import DuplicatePolicy

COMPARED_MAX: Final = 50
"""Earlier reports one is compared with at most, by place and again by words."""
TELL_EVERY: Final = 100
ANYWHERE: Final = Place(grid="anywhere", community="anywhere")

Pair = tuple[int, int, Likeness]
"""Two reports by their positions, the earlier first."""


def pairs_alike(looks: Sequence[Look], policy: DuplicatePolicy, tell: Callable[[int], None]) -> list[Pair]:
    """Return the pairs that are alike among reports in the order of their instants."""
    found: list[Pair] = []
    earlier = _Earlier(looks, timedelta(hours=policy.window_hours))
    for nth, look in enumerate(looks):
        for other in earlier.candidates(nth):
            alike = likeness(*_placed(look, looks[other]), policy)
            if alike.verdict != "apart":
                found.append((other, nth, alike))
        earlier.add(nth)
        if nth % TELL_EVERY == 0:
            tell(nth)
    return found


def _placed(one: Look, other: Look) -> tuple[Look, Look]:
    """Return both; where one names no place, nothing speaks against their being at the same."""
    if one.place.grid and other.place.grid:
        return one, other
    return msgspec.structs.replace(one, place=ANYWHERE), msgspec.structs.replace(other, place=ANYWHERE)


class _Earlier:
    """Reports seen so far, by place and by pairs of characters."""

    def __init__(self, looks: Sequence[Look], window: timedelta) -> None:
        self._looks, self._window = looks, window
        self._at: defaultdict[str | None, list[int]] = defaultdict(list)
        self._saying: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, nth: int) -> None:
        look = self._looks[nth]
        self._at[look.place.grid].append(nth)
        for pair in look.words.pairs:
            self._saying[pair].append(nth)

    def candidates(self, nth: int) -> list[int]:
        """Return the newest at the same place, and those that share most words."""
        look = self._looks[nth]
        near = set(self._newest(self._at[look.place.grid], look))
        shared = Counter(other for pair in look.words.pairs for other in self._newest(self._saying[pair], look))
        return sorted(near.union(other for other, _ in shared.most_common(COMPARED_MAX)))

    def _newest(self, earlier: Sequence[int], look: Look) -> Iterator[int]:
        for other in islice(reversed(earlier), COMPARED_MAX):
            if look.accepted_at - self._looks[other].accepted_at > self._window:
                return
            yield other
