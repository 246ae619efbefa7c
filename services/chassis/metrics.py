"""Metrics every process has: registry, build, process; positions, batches and progress of those that consume."""

import os
import time
from collections import deque
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Self

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

NAMESPACE: Final = "whistle"
BATCH_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ENDS_KEPT_MAX: Final = 4_096
BATCH_EVENTS: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)


def release() -> str:
    """Return this distribution's version; `0+unknown` in a bare checkout."""
    try:
        return version("whistle")
    except PackageNotFoundError:
        return "0+unknown"


def revision() -> str:
    """Return the commit the image was built from, as its build said."""
    return os.environ.get("WHISTLE_REVISION", "unknown")


def counted(counter: Counter) -> float:
    """Return how far a counter without labels has come in this process."""
    return next(sample.value for metric in counter.collect() for sample in metric.samples)


def service_registry(service: str) -> CollectorRegistry:
    """Return a registry of its own with process, garbage collection and build metrics."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    build = Gauge(
        f"{NAMESPACE}_build_info", "Always 1; what runs.", ["service", "version", "revision"], registry=registry
    )
    build.labels(service=service, version=release(), revision=revision()).set(1)
    return registry


def metrics_response(registry: CollectorRegistry) -> tuple[bytes, str]:
    """Return the body and the content type of a scrape."""
    return generate_latest(registry), CONTENT_TYPE_LATEST


class Progress:
    """How far this process has worked: positions (next offset) per partition, and when it last moved.

    The demo's quiet check compares `whistle_<service>_processed_position` with the topics' end offsets.
    """

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._position = Gauge(
            f"{NAMESPACE}_{service}_processed_position",
            "Next offset to work on; everything before it has taken effect.",
            ["topic", "partition"],
            registry=registry,
        )
        self._lag = Gauge(
            f"{NAMESPACE}_{service}_lag_records",
            "End offset minus processed position.",
            ["topic", "partition"],
            registry=registry,
        )
        self._lag_seconds = Gauge(
            f"{NAMESPACE}_{service}_lag_seconds",
            "How long the first record not yet worked on has been there, to the 5 s between two looks.",
            ["topic", "partition"],
            registry=registry,
        )
        self._children: dict[tuple[str, int], tuple[Gauge, Gauge, Gauge]] = {}
        self._ends_seen: dict[tuple[str, int], deque[tuple[int, float]]] = {}
        self.positions: dict[tuple[str, int], int] = {}
        self.ends: dict[tuple[str, int], int] = {}
        self.moved_at = time.monotonic()

    def tick(self) -> None:
        """Note that the loop is at work, though nothing new was processed."""
        self.moved_at = time.monotonic()

    def processed(self, topic: str, partition: int, next_offset: int) -> None:
        """Note that everything before `next_offset` has taken effect."""
        self.positions[topic, partition] = next_offset
        self._of(topic, partition)[0].set(next_offset)
        self.moved_at = time.monotonic()

    def starts_at(self, topic: str, partition: int, next_offset: int) -> None:
        """Note where reading begins, unless something was processed already. No progress, only a position."""
        if (topic, partition) not in self.positions:
            self.positions[topic, partition] = next_offset
            self._of(topic, partition)[0].set(next_offset)

    def ends_at(self, topic: str, partition: int, end_offset: int) -> None:
        """Note the end offset seen at the broker."""
        self.ends[topic, partition] = end_offset
        position = self.positions.get((topic, partition), 0)
        _, records, seconds = self._of(topic, partition)
        records.set(max(end_offset - position, 0))
        seconds.set(self._waiting_seconds((topic, partition), position, end_offset))

    def forget(self, topic: str, partition: int) -> None:
        """Stop showing a partition that another instance works on now."""
        for known in (self.positions, self.ends, self._children, self._ends_seen):
            known.pop((topic, partition), None)
        for gauge in (self._position, self._lag, self._lag_seconds):
            if (topic, str(partition)) in gauge._metrics:  # noqa: SLF001 -- remove() of an unknown label only warns, later raises
                gauge.remove(topic, str(partition))

    @property
    def lag(self) -> int:
        """Records not yet worked on, as last seen. Safe to read from another thread."""
        positions = dict(self.positions)
        return sum(max(end - positions.get(place, 0), 0) for place, end in dict(self.ends).items())

    def _waiting_seconds(self, place: tuple[str, int], position: int, end_offset: int) -> float:
        """Return the age of the first end seen beyond `position`."""
        now = time.monotonic()
        seen = self._ends_seen.setdefault(place, deque())
        while seen and seen[0][0] <= position:
            seen.popleft()
        # Full: what is left out lies behind the oldest, which alone counts.
        if end_offset > max(position, seen[-1][0] if seen else 0) and len(seen) < ENDS_KEPT_MAX:
            seen.append((end_offset, now))
        return now - seen[0][1] if seen else 0.0

    def _of(self, topic: str, partition: int) -> tuple[Gauge, Gauge, Gauge]:
        children = self._children.get((topic, partition))
        if children is None:
            children = self._children[topic, partition] = (
                self._position.labels(topic, str(partition)),
                self._lag.labels(topic, str(partition)),
                self._lag_seconds.labels(topic, str(partition)),
            )
        return children


@dataclass(frozen=True, slots=True)
class DeliveryMetrics:
    """What a consumer's batches were like; observed once per batch, never per message."""

    batch_seconds: Histogram
    batch_events: Histogram
    dead_letters: Counter
    bisections: Counter
    suspects: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry, service: str) -> Self:
        prefix = f"{NAMESPACE}_{service}"
        return cls(
            Histogram(f"{prefix}_batch_seconds", "Time to finish one batch.", buckets=BATCH_SECONDS, registry=registry),
            Histogram(f"{prefix}_batch_events", "Events in one batch.", buckets=BATCH_EVENTS, registry=registry),
            Counter(f"{prefix}_dead_letters_total", "Messages put aside with a reason.", registry=registry),
            Counter(f"{prefix}_bisections_total", "Batches split to find a culprit.", registry=registry),
            Gauge(
                f"{prefix}_suspect_messages", "Messages that ended a process and are run one by one.", registry=registry
            ),
        )
