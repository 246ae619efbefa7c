"""Metrics of the reconciler, each declared once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.chassis.metrics import NAMESPACE

PREFIX: Final = f"{NAMESPACE}_reconciler"


@dataclass(frozen=True, slots=True)
class ReconcilerMetrics:
    repairs: Counter
    missing: Gauge
    gate_seconds: Gauge
    comparisons: Counter
    sweeps: Counter
    topics_created: Counter

    @classmethod
    def create(cls, registry: CollectorRegistry, hops: Iterable[str]) -> Self:
        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"{PREFIX}_{name}_total", meaning, ["hop"], registry=registry)

        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"{PREFIX}_{name}", meaning, ["hop"], registry=registry)

        metrics = cls(
            repairs=counter("repairs", "Causes sent again; 0 in a run without faults, otherwise a fault hides."),
            missing=gauge("missing", "Causes sent again whose effect has not come yet."),
            gate_seconds=gauge("gate_seconds", "How long the present comparison has waited for the consumers."),
            comparisons=counter("comparisons", "Comparisons made."),
            sweeps=counter("sweeps", "Rounds of the slow sweep over everything."),
            topics_created=Counter(
                f"{PREFIX}_topics_created_total", "Topics that were missing and were made anew.", registry=registry
            ),
        )
        for hop in hops:  # a hop that never needed a repair must show 0, not be absent
            for labelled in (
                metrics.repairs,
                metrics.missing,
                metrics.gate_seconds,
                metrics.comparisons,
                metrics.sweeps,
            ):
                labelled.labels(hop=hop)
        return metrics
