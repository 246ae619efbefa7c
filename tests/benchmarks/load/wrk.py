"""wrk, a load generator in C: as many reports as the route takes, over a fixed number of connections."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

SCRIPT: Final = Path(__file__).with_name("reports.lua")
CONNECTIONS: Final = 128
GRACE_SECONDS: Final = 30.0
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


async def wrk(url: str, bodies: Sequence[str], *, seconds: float, folder: Path, connections: int = CONNECTIONS) -> Load:
    """Send reports to `url` for `seconds`, and return what came back. No key or body is ever sent twice."""
    file = folder / "bodies.jsonl"
    file.write_text("\n".join(bodies), encoding="utf-8")
    options = ["-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s", str(SCRIPT), url]
    run = f"{os.getpid()}.{next(_serial)}"
    process = await asyncio.create_subprocess_exec(
        "wrk", *options, "--", str(file), run, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await asyncio.wait_for(process.communicate(), seconds + GRACE_SECONDS)
    line = told.decode().strip().rpartition("\n")[2]
    if process.returncode != 0 or not line.startswith("{"):
        raise RuntimeError(f"wrk ended with {process.returncode}: {told.decode()[-500:]}")
    return msgspec.json.decode(line, type=Load)
