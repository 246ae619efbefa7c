"""wrk, a load generator in C: as many reports as the route takes, over a fixed number of connections."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.benchmarks.load.bodies import never_sent

REPORTS: Final = Path(__file__).with_name("reports.lua")
ACTS: Final = Path(__file__).with_name("acts.lua")
CONNECTIONS: Final = 128
PATH: Final = "/api/v1/reports"
GRACE_SECONDS: Final = 30.0
ACTS_SECONDS_MAX: Final = 120
_serial: Final = itertools.count(1)


class NoLoadGeneratorError(RuntimeError):
    """wrk is not installed."""


class Load(msgspec.Struct, frozen=True):
    """What wrk saw."""

    requests: int
    microseconds: int
    refused: int
    """Answers with a status above 399."""
    broken: int
    p50_ms: float
    p99_ms: float


def require_wrk() -> None:
    """Raise NoLoadGeneratorError, with the remedy, where wrk is missing."""
    if shutil.which("wrk") is None:
        raise NoLoadGeneratorError("the load generator wrk is missing; install it: apt-get install wrk")


async def wrk(
    url: str,
    bodies: Sequence[str],
    *,
    seconds: float,
    folder: Path,
    path: str = PATH,
    headers: str = "",
    connections: int = CONNECTIONS,
) -> Load:
    """Send reports to `url` for `seconds`, and return what came back. No key or body is ever sent twice.

    `headers` are further header lines, each with its line break.
    """
    run = f"{os.getpid()}.{next(_serial)}"
    file = folder / f"bodies.{run}.jsonl"
    file.write_text("\n".join(never_sent(bodies)), encoding="utf-8")
    options = [f"-c{connections}", f"-d{seconds:.0f}s", "-s", str(REPORTS), url]
    try:
        return await _load([*options, "--", str(file), run, path, headers], seconds)
    finally:
        file.unlink()


async def wrk_together(urls: Sequence[str], bodies: Sequence[str], *, seconds: float, folder: Path) -> Load:
    """Send to several doors at once, to each its part of the bodies over its part of the connections.

    The percentiles are those of the door that was the slowest.
    """
    each = max(CONNECTIONS // len(urls), 1)
    parts = [bodies[nth :: len(urls)] for nth in range(len(urls))]
    loads = await asyncio.gather(
        *(
            wrk(url, part, seconds=seconds, folder=folder, connections=each)
            for url, part in zip(urls, parts, strict=True)
        )
    )
    return Load(
        requests=sum(load.requests for load in loads),
        microseconds=max(load.microseconds for load in loads),
        refused=sum(load.refused for load in loads),
        broken=sum(load.broken for load in loads),
        p50_ms=max(load.p50_ms for load in loads),
        p99_ms=max(load.p99_ms for load in loads),
    )


async def wrk_acts(url: str, acts: Sequence[str], folder: Path, *, connections: int = CONNECTIONS) -> Load:
    """Send each act to the desk once, and return when all are answered."""
    file = folder / "acts.tsv"
    file.write_text("\n".join(acts), encoding="utf-8")
    options = [f"-c{connections}", f"-d{ACTS_SECONDS_MAX}s", "-s", str(ACTS), url]
    return await _load([*options, "--", str(file)], ACTS_SECONDS_MAX)


async def _load(options: Sequence[str], seconds: float) -> Load:
    process = await asyncio.create_subprocess_exec(
        "wrk", "-t1", "--timeout", "10s", *options, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await asyncio.wait_for(process.communicate(), seconds + GRACE_SECONDS)
    line = told.decode().strip().rpartition("\n")[2]
    if process.returncode != 0 or not line.startswith("{"):
        raise RuntimeError(f"wrk ended with {process.returncode}: {told.decode()[-500:]}")
    return msgspec.json.decode(line, type=Load)
