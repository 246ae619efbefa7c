"""Classes counted: what was meant against what was decided, accuracy per class and in all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How one class fared. Shares are None where nothing was counted."""

    name: str
    meant: int
    decided: int
    right: int

    @property
    def recall(self) -> float | None:
        """Right of what was meant: the class's own accuracy."""
        return self.right / self.meant if self.meant else None

    @property
    def precision(self) -> float | None:
        """Right of what was decided."""
        return self.right / self.decided if self.decided else None


@dataclass(slots=True)
class Confusion:
    """Counts of (meant, decided)."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, meant: str, decided: str) -> None:
        self.counts[meant, decided] += 1

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def right(self) -> int:
        return sum(count for (meant, decided), count in self.counts.items() if meant == decided)

    @property
    def accuracy(self) -> float | None:
        return self.right / self.total if self.total else None

    def classes(self) -> Iterator[ClassFigures]:
        """Yield each class that was meant or decided, by name."""
        for name in sorted({name for pair in self.counts for name in pair}):
            meant = sum(count for (label, _), count in self.counts.items() if label == name)
            decided = sum(count for (_, label), count in self.counts.items() if label == name)
            yield ClassFigures(name, meant, decided, self.counts[name, name])

    def told(self) -> dict[str, Any]:
        """Return everything, for `--json`."""
        return {
            "counted": self.total,
            "right": self.right,
            "accuracy": self.accuracy,
            "classes": [
                {
                    "class": each.name,
                    "meant": each.meant,
                    "decided": each.decided,
                    "right": each.right,
                    "recall": each.recall,
                    "precision": each.precision,
                }
                for each in self.classes()
            ],
            "confusion": [
                {"meant": meant, "decided": decided, "count": count}
                for (meant, decided), count in sorted(self.counts.items())
            ],
        }


def percent(share: float | None) -> str:
    """Return a share as people read it."""
    return "–" if share is None else f"{100 * share:.1f} %"
