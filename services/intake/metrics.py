"""What intake counts. Every label value is there from the start: a channel that brings nothing must show 0."""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import BATCH_EVENTS, BATCH_SECONDS, NAMESPACE
from services.contracts.events.report import Channel, FollowUpKind

PREFIX: Final = f"{NAMESPACE}_intake"
REFUSALS: Final = (
    "invalid", "other_body", "key_undecided", "too_fast", "no_token", "state_secret", "backlog", "busy", "outage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IntakeMetrics:
    """Observed once per batch where it can be, never by anything personal."""

    accepted: Counter
    replayed: Counter
    refused: Counter
    followed_up: Counter
    batch_reports: Histogram
    flush_seconds: Histogram
    pending_rows: Gauge
    pending_seconds: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        metrics = cls(
            Counter(f"{PREFIX}_reports_accepted_total", "Reports committed.", ["channel"], registry=registry),
            Counter(f"{PREFIX}_reports_replayed_total", "Answers given again for a repeated key.", registry=registry),
            Counter(f"{PREFIX}_requests_refused_total", "Reports not taken, by reason.", ["reason"], registry=registry),
            Counter(f"{PREFIX}_followups_accepted_total", "Follow-ups committed.", ["kind"], registry=registry),
            Histogram(f"{PREFIX}_batch_reports", "Reports in one commit.", buckets=BATCH_EVENTS, registry=registry),
            Histogram(
                f"{PREFIX}_flush_seconds", "From a batch's first statement to its commit.",
                buckets=BATCH_SECONDS, registry=registry,
            ),
            Gauge(f"{PREFIX}_pending_rows", "Facts not yet sent, estimated every few seconds.", registry=registry),
            Gauge(f"{PREFIX}_pending_oldest_seconds", "How long the oldest of them has waited.", registry=registry),
        )  # fmt: skip
        metrics._show_zeros()
        return metrics

    def observe_batch(self, reports: int, seconds: float) -> None:
        self.batch_reports.observe(reports)
        self.flush_seconds.observe(seconds)

    def count_accepted(self, channels: Iterable[Channel]) -> None:
        for channel, count in Tally(channels).items():
            self.accepted.labels(channel).inc(count)

    def _show_zeros(self) -> None:
        for channel in get_args(Channel):
            self.accepted.labels(channel)
        for reason in REFUSALS:
            self.refused.labels(reason)
        for kind in get_args(FollowUpKind):
            self.followed_up.labels(kind)
