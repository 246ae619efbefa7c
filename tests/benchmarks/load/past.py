"""Past reports as `whistle rules replay` reads them, by a seed, and the command, timed as a person waits for it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from deploy.demo.draws import Draws
from deploy.embedded.state import PROJECT
from services.contracts.events.report import Channel
from services.reference.deciding.organisation import Organisation
from services.reference.versions.past_reports import PastReport
from tests.benchmarks.load.bodies import SEED, UNIQUE, bodies

CITY: Final = PROJECT / "deploy" / "reference"
DISTRICT: Final = PROJECT / "deploy" / "demo" / "district"
FIRST: Final = datetime(2026, 1, 5, tzinfo=UTC)
APART: Final = timedelta(seconds=20)
"""A million of them are 231 days."""
AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the command said, and what it took."""

    told: dict[str, Any]
    wall_seconds: float
    cpu_seconds: float
    """Of the command; what PostgreSQL spends for it is not in it."""


def past_reports(count: int, organisation: Organisation) -> Iterator[PastReport]:
    """Yield reports of all channels from grids all over the district: 60 % name an item, every text is its own."""
    draws, forms = Draws(SEED, "past"), [msgspec.json.decode(body) for body in bodies()]
    grids = sorted(unit.id for unit in organisation.units.values() if unit.kind == "grid")
    for number in range(count):
        form = draws.pick(forms)
        yield PastReport(
            id=f"R-{number}",
            accepted_at=FIRST + number * APART,
            text=form["text"].replace(UNIQUE, str(number)),
            item=form.get("item"),
            channel=draws.pick(get_args(Channel)),
            grid=draws.pick(grids),
        )


def write_past_reports(path: Path, count: int, organisation: Organisation) -> None:
    """Write so many past reports as NDJSON."""
    lines, reports = msgspec.json.Encoder(), past_reports(count, organisation)
    with path.open("wb") as file:
        for _ in range(0, count, AT_ONCE):
            file.write(lines.encode_lines([report for _, report in zip(range(AT_ONCE), reports, strict=False)]))


async def replayed(environment: Mapping[str, str], *words: str) -> Replayed:
    """Replay the sample district's sheets against the version in force, in a process of its own.

    Raises:
        RuntimeError: the command refused; with its reason.
    """
    command = (
        sys.executable,
        "-m",
        "services.whistle",
        "rules",
        "replay",
        str(DISTRICT),
        "--city",
        str(CITY),
        "--json",
    )
    return await asyncio.to_thread(_run, (*command, *words), environment)


def _run(command: tuple[str, ...], environment: Mapping[str, str]) -> Replayed:
    out, answer = os.pipe()
    began = time.perf_counter()
    actions = [(os.POSIX_SPAWN_DUP2, answer, 1), (os.POSIX_SPAWN_CLOSE, out)]
    pid = os.posix_spawn(command[0], command, {**os.environ, **environment}, file_actions=actions)
    os.close(answer)
    with os.fdopen(out, "rb") as reading:
        said = reading.read()
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Replayed(json.loads(said), time.perf_counter() - began, usage.ru_utime + usage.ru_stime)
