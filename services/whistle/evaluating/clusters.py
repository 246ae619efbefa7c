"""Clusters counted by pairs: which two reports are about one thing, as labelled and as found."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFigures:
    """Pairs of reports: in the labels, as found, and both."""

    labelled: int
    found: int
    right: int

    @property
    def recall(self) -> float | None:
        return self.right / self.labelled if self.labelled else None

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def missed(self) -> int:
        return self.labelled - self.right

    @property
    def wrong(self) -> int:
        return self.found - self.right

    def told(self) -> dict[str, Any]:
        return {
            "pairs_labelled": self.labelled,
            "pairs_found": self.found,
            "pairs_right": self.right,
            "pairs_missed": self.missed,
            "pairs_wrong": self.wrong,
            "recall": self.recall,
            "precision": self.precision,
        }


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `count` reports the first of its group: pairs join groups, as merging does."""
    first = list(range(count))

    def root(one: int) -> int:
        while first[one] != one:
            first[one] = first[first[one]]
            one = first[one]
        return one

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return [root(one) for one in range(count)]


def figures(labels: Sequence[str], groups: Sequence[int]) -> PairFigures:
    """Compare the labels (empty: in no cluster) with the groups, pair by pair, without going through the pairs."""
    both = Counter((label, group) for label, group in zip(labels, groups, strict=True) if label)
    return PairFigures(
        labelled=_pairs(Counter(label for label in labels if label)),
        found=_pairs(Counter(groups)),
        right=_pairs(both),
    )


def pair_figures(labels: Sequence[str], pairs: Iterable[tuple[int, int]]) -> PairFigures:
    """Compare the labels with the very pairs: each is looked at for itself, none follows from two others."""
    found = [labels[one] != "" and labels[one] == labels[other] for one, other in pairs]
    labelled = _pairs(Counter(label for label in labels if label))
    return PairFigures(labelled=labelled, found=len(found), right=sum(found))


def clusters_found(labels: Sequence[str], groups: Sequence[int]) -> list[tuple[str, int, int]]:
    """Return each labelled cluster with its size and the size of the largest group found in it."""
    groups_of: Mapping[str, Counter[int]] = defaultdict(Counter)
    for label, group in zip(labels, groups, strict=True):
        if label:
            groups_of[label][group] += 1
    return [(label, found.total(), max(found.values())) for label, found in sorted(groups_of.items())]


def _pairs(sizes: Mapping[Any, int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
