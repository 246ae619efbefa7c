"""Draws that depend on nothing but their key, so that one more report never changes another one's fate."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

T = TypeVar("T")
_SPAN: Final = 2**64


class Draws:
    """A sequence of draws fixed by a key, such as `Draws(seed, "report", serial)`.

    Not `random`: its sequence is shared by whoever draws, and its derived draws may change between Python versions.
    """

    __slots__ = ("_drawn", "_key")

    def __init__(self, *key: object) -> None:
        self._key = blake2b(repr(key).encode(), digest_size=32).digest()
        self._drawn = 0

    def share(self) -> float:
        """Return the next draw, from 0 to less than 1."""
        self._drawn += 1
        digest = blake2b(self._drawn.to_bytes(8, "big"), key=self._key, digest_size=8).digest()
        # 53 bits, as many as a float holds exactly: more would round up to 1 now and then.
        return (int.from_bytes(digest, "big") >> 11) / (_SPAN >> 11)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.share()

    def below(self, count: int) -> int:
        """Return a whole number from 0 to less than `count`."""
        return int(self.share() * count)

    def chance(self, share: float) -> bool:
        return self.share() < share

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """Return one of `choices`, each as likely as its weight says."""
        left = self.share() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        keyed = [(self.share(), position) for position in range(len(choices))]
        return [choices[position] for _, position in sorted(keyed)]
