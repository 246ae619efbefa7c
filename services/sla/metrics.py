"""What sla made effective, and how late; how many cases are open and overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import NAMESPACE

PREFIX: Final = f"{NAMESPACE}_sla"
LATE_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
STEPS: Final = (
    "reminder", "limit", "letter", "supervision", "bulletin_proposal", "interview_proposal", "express",
    "urge", "no_show", "step_up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlaMetrics:
    steps: Counter
    schedules: Counter
    lateness_seconds: Histogram
    settled_seconds: Histogram
    clock_stopped: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        metrics = cls(
            steps=Counter(f"{PREFIX}_steps_total", "Owed steps made effective.", ["step"], registry=registry),
            schedules=Counter(
                f"{PREFIX}_schedules_total",
                "Periods of scheduled work settled, such as daily digests.",
                registry=registry,
            ),
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


@dataclass(frozen=True, slots=True)
class CensusGauges:
    """How the whole stands, counted every few seconds, never on the way of a case."""

    gauges: dict[str, Gauge]

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        meanings = {
            "open_cases": "Cases not closed.",
            "overdue_cases": "Open cases of which a promise or handling clock is past its due date.",
            "open_whistles": "Whistles to which not every department has reported in.",
            "steps_owed": "Steps that are owed and not yet effective.",
            "step_owed_seconds": "How long the oldest of them has been owed, by the city's clock.",
            "open_dead_letters": "Dead letters of all consumers about which nobody has decided.",
            "dead_letter_seconds": "How long the oldest of them has waited.",
        }
        return cls({name: Gauge(f"{PREFIX}_{name}", meaning, registry=registry) for name, meaning in meanings.items()})

    def show(self, counted: Mapping[str, float]) -> None:
        """Set every gauge."""
        for name, gauge in self.gauges.items():
            gauge.set(counted[name])
