"""Runs tests in a copy of the tree, as it is and with one guard after another taken out."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.state import PROJECT, STATE
from tests.sabotage.guard import Guard

SECONDS_MAX: Final = 900
COPIED: Final = ("services", "deploy", "tests", "pyproject.toml", "compose.yaml", "requirements", "docs", "schemas")
ENVIRONMENT: Final = {"WHISTLE_FAULTS_KAFKA_DOWN_SECONDS": "5"}
"""Broken, the system shows it as well after a short outage."""
GREEN: Final = 0
RED: Final = 1
"""Tests ran and some failed; any other status says nothing about a guard."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the tests took it."""

    guard: Guard
    seconds: float
    failed: str
    """The first test that failed; empty when none did."""
    has_run: bool
    """Whether the tests ran at all: a system that does not start says nothing about a guard."""
    said: str
    """The end of what pytest printed."""

    @property
    def is_seen(self) -> bool:
        return bool(self.failed)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the tree with a state of its own."""

    folder: Path

    def test(self, tests: Iterable[str]) -> tuple[int, str]:
        """Run tests up to the first failure; return pytest's status and what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
            cwd=self.folder,
            env=_environment(self.folder),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_MAX,
        )
        return done.returncode, done.stdout + done.stderr

    def without(self, guard: Guard) -> Outcome:
        """Take the guard out, run the tests that must see it, and put it back."""
        before = guard.take_out(self.folder)
        began = time.monotonic()
        try:
            status, said = self.test([guard.seen_by])
        finally:
            for path, text in before.items():
                path.write_text(text, encoding="utf-8")
        failed = first_failed(said) if status == RED else ""
        has_run = status == GREEN or bool(failed)
        return Outcome(guard, time.monotonic() - began, failed, has_run, said[-3_000:])


def first_failed(said: str) -> str:
    """Return the first test that pytest's summary calls failed; one whose fixture broke has seen nothing."""
    failed = [line.split(" ")[1] for line in said.splitlines() if line.startswith("FAILED ")]
    return failed[0] if failed else ""


@contextmanager
def copy_of_the_tree() -> Iterator[Copy]:
    """Copy what the tests need; Kafka's jars are taken from here."""
    folder = STATE / f"sabotage-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        for name in COPIED:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / name)
        (folder / ".state").mkdir()
        (folder / ".state" / "kafka-jars").symlink_to(STATE / "kafka-jars")
        (folder / ".venv").symlink_to(PROJECT / ".venv")
        yield Copy(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(Path.home()),
        "PYTHONPATH": str(folder),
        # A guard is put back within the second it was taken out in: by its time a compiled file would look current.
        "PYTHONDONTWRITEBYTECODE": "1",
        **ENVIRONMENT,
    }
