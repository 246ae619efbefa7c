"""What a race found: `race.json`."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.benchmarks.machine import Machine


class Reports(msgspec.Struct, frozen=True, kw_only=True):
    """Reports taken in: from the request until the database has the case, as fast as the route goes."""

    runner: str
    version: str
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: Mapping[str, float]
    """CPU per report by process, from the operating system."""
    seconds: float
    refused: int
    how: str


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Deadlines that passed all at one instant: how long until the last had its effect."""

    runner: str
    version: str
    count: int
    seconds: float
    per_s: float
    how: str


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """One run. It names commit and machine, and no date."""

    machine: Machine
    commit: str
    seed: int
    postgres: Mapping[str, str]
    """The settings all runners had."""
    reports: list[Reports]
    deadlines: list[Deadlines]
    notes: Mapping[str, str] = {}
    """By runner: why it has no figure."""

    def write(self, path: Path) -> None:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")


def read_race(path: Path) -> Race:
    """Read `race.json`."""
    return msgspec.json.decode(path.read_bytes(), type=Race)
