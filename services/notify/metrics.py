"""Metrics of notify, each declared once."""

from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import NAMESPACE

PREFIX: Final = f"{NAMESPACE}_notify"
OUTCOMES: Final = ("sent", "postponed", "failed", "dead", "untold")
DELIVERY_SECONDS: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class NotifyMetrics:
    facts: Counter
    messages: Counter
    answers: Counter
    repeats: Counter
    deliveries: Counter
    delivery_seconds: Histogram
    subscriptions: Gauge
    waiting: Gauge
    dead: Gauge
    calls: Gauge
    calls_oldest: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"{PREFIX}_{name}_total", meaning, registry=registry)

        def gauge(name: str, meaning: str) -> Gauge:
            return Gauge(f"{PREFIX}_{name}", meaning, registry=registry)

        deliveries = Counter(
            f"{PREFIX}_deliveries_total", "Attempts to deliver a message, by outcome.", ["outcome"], registry=registry
        )
        for outcome in OUTCOMES:
            deliveries.labels(outcome=outcome)
        return cls(
            facts=counter("facts", "Facts and notices taken, whether or not somebody was told."),
            messages=counter("messages", "Messages written for subscriptions."),
            answers=counter("answers", "Answers written for reporters who left a contact."),
            repeats=counter("repeats", "Facts and messages that were there already."),
            deliveries=deliveries,
            delivery_seconds=Histogram(
                f"{PREFIX}_delivery_seconds",
                "Time of one attempt to deliver.",
                buckets=DELIVERY_SECONDS,
                registry=registry,
            ),
            subscriptions=gauge("subscriptions", "Active subscriptions."),
            waiting=gauge("waiting_messages", "Messages not yet delivered, first attempts and repeats."),
            dead=gauge("dead_messages", "Messages given up; they need somebody."),
            calls=gauge("calls_waiting", "Answers that no message reaches and nobody has told yet."),
            calls_oldest=gauge("calls_oldest_seconds", "How long the oldest of them has waited, by the city's clock."),
        )
