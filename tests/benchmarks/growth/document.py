"""What was found at each size: `growth.json`."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.benchmarks.machine import Machine


class Size(msgspec.Struct, kw_only=True):
    """One size of the ledger. Instants are milliseconds, durations of restarts seconds."""

    name: str
    cases: int
    open_cases: int
    clocks: int
    figures: dict[str, float] = {}
    """By name with its unit last; see `FIGURES`."""
    bytes_of: dict[str, int] = {}
    """By table, its indexes and its long values included."""
    plans: dict[str, list[str]] = {}
    """By statement, what PostgreSQL said when it explained and ran it."""


FIGURES: Mapping[str, str] = {
    "cases_per_s": "reports over HTTP into queues, per second",
    "cpu_us": "CPU per case, all processes, µs",
    "postgres_us": "of it PostgreSQL, µs",
    "answer_p99_ms": "answer p99 at 200/s, ms",
    "queue_p99_ms": "HTTP → queue p99 at 200/s, ms",
    "feed_p99_ms": "HTTP → live feed p99 at 200/s, ms",
    "step_p99_ms": "step owed → effective p99, ms",
    "queue_page_p50_ms": "a department's queue page, p50, ms",
    "case_page_p50_ms": "a case, p50, ms",
    "snapshot_ms": "board snapshot, first, ms",
    "restart_s": "restart of the whole system, s",
    "postgres_back_s": "PostgreSQL killed → answers, s",
    "route_back_s": "PostgreSQL killed → a report in its queue, s",
    "gib": "all tables, GiB",
}


class Instances(msgspec.Struct, kw_only=True):
    """What one machine does with so many instances of each service of the route."""

    count: int
    cases_per_s: float
    cpu_us: float
    """A case, all processes."""
    answer_p50_ms: float
    answer_p99_ms: float
    """Of the door that was the slowest."""
    lag_s: float
    """From the end of the load until everything had been told."""
    services_mib: float
    """Of all processes but Kafka and PostgreSQL."""
    us_of: dict[str, float] = {}
    """CPU µs a case, by service, of all its instances together."""


class Growth(msgspec.Struct, kw_only=True):
    """One run over sizes. It names commit and machine, and no date."""

    machine: Machine
    commit: str
    seconds: float
    sizes: list[Size]
    instances: list[Instances] = []

    def write(self, path: Path) -> None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


def read_growth(path: Path) -> Growth:
    """Read `growth.json`."""
    return msgspec.json.decode(path.read_bytes(), type=Growth)
