"""Metrics of the board, each declared once."""

from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import NAMESPACE

PREFIX: Final = f"{NAMESPACE}_board"
SNAPSHOT_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True, slots=True)
class BoardMetrics:
    viewers: Gauge
    movements: Counter
    deltas: Counter
    dropped: Counter
    snapshot_seconds: Histogram

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        return cls(
            viewers=Gauge(f"{PREFIX}_viewers", "Open streams.", registry=registry),
            movements=Counter(f"{PREFIX}_movements_total", "Facts seen while somebody watched.", registry=registry),
            deltas=Counter(f"{PREFIX}_deltas_total", "Facts queued for a viewer.", registry=registry),
            dropped=Counter(f"{PREFIX}_viewers_dropped_total", "Streams ended for being too slow.", registry=registry),
            snapshot_seconds=Histogram(
                f"{PREFIX}_snapshot_seconds", "Time to read a snapshot.", buckets=SNAPSHOT_SECONDS, registry=registry
            ),
        )
