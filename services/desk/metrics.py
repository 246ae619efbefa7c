"""What the desk counts: acts by kind and outcome, and how long queues and acts take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram

from services.chassis.metrics import NAMESPACE

Outcome = Literal[
    "done", "replayed", "refused", "not_yours", "not_found", "stale", "key_reused", "nobody", "stopped", "unavailable"
]  # fmt: skip
Read = Literal[
    "queue", "case", "timeline", "whistles", "me", "whistle_rates", "whistle_answers", "feed",
    "proposals", "roster", "digest", "modes", "closing_times", "on_time", "rules", "bulletin", "calls",
]  # fmt: skip
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class DeskMetrics:
    acts: Counter
    act_seconds: Histogram
    read_seconds: Histogram

    @classmethod
    def create(cls, registry: CollectorRegistry, kinds: Iterable[str]) -> Self:
        prefix = f"{NAMESPACE}_desk"
        metrics = cls(
            Counter(
                f"{prefix}_acts_total", "Acts asked for, by kind and outcome.", ["kind", "outcome"], registry=registry
            ),
            Histogram(f"{prefix}_act_seconds", "Time one act took in the ledger.", buckets=SECONDS, registry=registry),
            Histogram(
                f"{prefix}_read_seconds",
                "Time to answer a read from PostgreSQL, by what was read.",
                ["what"],
                buckets=SECONDS,
                registry=registry,
            ),
        )
        # A kind that nobody asks for shows 0, not nothing: absence hides outages.
        for kind in kinds:
            for outcome in get_args(Outcome):
                metrics.acts.labels(kind, outcome)
        for what in get_args(Read):
            metrics.read_seconds.labels(what)
        return metrics
