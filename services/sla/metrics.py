"""What sla made effective, and how late."""

from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import NAMESPACE

PREFIX: Final = f"{NAMESPACE}_sla"
LATE_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
STEPS: Final = (
    "reminder", "limit", "letter", "supervision", "bulletin_proposal", "interview_proposal", "express",
    "urge", "no_show",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlaMetrics:
    steps: Counter
    lateness_seconds: Histogram
    settled_seconds: Histogram
    clock_stopped: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        metrics = cls(
            steps=Counter(f"{PREFIX}_steps_total", "Owed steps made effective.", ["step"], registry=registry),
            lateness_seconds=Histogram(
                f"{PREFIX}_lateness_seconds",
                "Effective minus owed, of the oldest step of a turn.",
                buckets=LATE_SECONDS,
                registry=registry,
            ),
            settled_seconds=Histogram(
                f"{PREFIX}_turn_seconds", "Time of one turn that settled something.", registry=registry
            ),
            clock_stopped=Gauge(
                f"{PREFIX}_clock_stopped", "1 while settling is stopped: clocks disagree.", registry=registry
            ),
        )
        # A step that never happened must show 0, not be absent.
        for step in STEPS:
            metrics.steps.labels(step=step)
        return metrics
