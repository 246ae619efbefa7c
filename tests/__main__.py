"""`make test`: the checks and every test, two steps beside each other, so that one computes while the other waits.

The order in which steps begin is always the same. Each line says whose it is; a table at the end says how long
everything took, and after it every failed test stands once more.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.lanes import FOLDERS

PROJECT: Final = Path(__file__).resolve().parents[1]
BIN: Final = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended."""

    name: str
    status: int
    seconds: float
    failures: tuple[str, ...]
    """What pytest sums up as failed, a line each."""


def tests(name: str, *words: str, **environment: str) -> Step:
    """Return the step that runs these tests; steps keep their notes apart."""
    argv = (sys.executable, "-m", "pytest", "-q", "--durations=8", "-o", f"cache_dir=.pytest_cache/{name}", *words)
    return Step(name, argv, environment)


def tool(name: str, *words: str) -> Step:
    return Step(name, (str(BIN / words[0]), *words[1:]))


WIRE: Final = "tests/wire"
RESTLESS: Final = "tests/wire/ledger/test_stateful.py"
AT_ONCE: Final = 2
"""On two cores a third made no run shorter, and waits failed."""
STEPS: Final = (
    # The longest first, so that the two end together.
    tests("systems", "-m", "not slow and system", *FOLDERS["system"]),
    tool("format", "ruff", "format", "--check", "-q", "."),
    tool("lint", "ruff", "check", "-q", "."),
    tool("imports", "lint-imports", "--no-logo", "--no-cache"),
    tool("types", "mypy", "services", "deploy", "tests"),
    tests("parts", "-m", "not slow and not broker and not system", f"--ignore={RESTLESS}"),
    tests("wire", "-m", "not slow and broker and not system", WIRE),
    tests("broker", "-m", "not slow and broker and not system", *(one for one in FOLDERS["broker"] if one != WIRE)),
    # Minutes by itself.
    tests("restless", "-m", "not slow", RESTLESS),
    # Half a day from everywhere, by 45 minutes beside the hour: what reads the machine's zone is wrong here.
    tests("elsewhere", "tests/unit", TZ="Pacific/Chatham"),
)


def main() -> int:
    """Return 0 when every step did well; one that failed ends no other, whoever waited so long wants to know all."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        ended = list(threads.map(_ended, STEPS))
    table = Table("step", "minutes", "", box=None)
    for one in ended:
        table.add_row(one.name, f"{one.seconds / 60:.1f}", "FAILED" if one.status else "ok")
    Console().print(table)
    # Last, since whoever sees only the end of a long log must still learn which test failed.
    for line in (f"{one.name:9} | {line}" for one in ended for line in one.failures):
        sys.stdout.write(f"{line}\n")
    return 1 if any(one.status for one in ended) else 0


def _ended(step: Step) -> Ended:
    began = time.monotonic()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **step.environment}
    failures: list[str] = []
    with subprocess.Popen(
        step.argv,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(f"{step.name:9} | {line}")
            sys.stdout.flush()
            if line.startswith(("FAILED ", "ERROR ")):
                failures.append(line.rstrip())
    return Ended(step.name, process.returncode, time.monotonic() - began, tuple(failures))


if __name__ == "__main__":
    sys.exit(main())
