"""How `make test` parts the tests: by what a test asks for, so that some compute while others wait."""

from collections.abc import Collection
from pathlib import PurePath
from typing import Final

import pytest

SHARED: Final = "system"
WHOLE_SYSTEMS: Final = frozenset({SHARED, "ground", "faulty_system", "replayed"})
"""Fixtures that are, or start, every service as a process."""
BROKER: Final = "kafka_server"
SECONDS_WITH_START: Final = 480
"""Whoever is first waits for the system, or the broker, too; what starts them allows three minutes."""
FIRST: Final = PurePath("tests/requirements")
"""Of those who share a system: one of them reads all that is in it."""
FOLDERS: Final = {
    "system": ("tests/journeys", "tests/requirements", "tests/faults"),
    "broker": ("tests/contract", "tests/environment", "tests/requirements", "tests/wire"),
}
"""Where tests with a marker are; the step that has them looks nowhere else."""


def mark(item: pytest.Item) -> None:
    """Mark a test by what it asks for.

    Raises:
        UsageError: no step would run it.
    """
    asked: Collection[str] = getattr(item, "fixturenames", ())
    if not WHOLE_SYSTEMS.isdisjoint(asked):
        item.add_marker("system")
    if BROKER in asked:
        item.add_marker("broker")
    if item.get_closest_marker("system") or item.get_closest_marker("broker"):
        _allow_the_start(item)
    if item.get_closest_marker("slow"):
        return
    of = next((name for name in FOLDERS if item.get_closest_marker(name)), None)
    if of and not any(PurePath(item.nodeid).is_relative_to(folder) for folder in FOLDERS[of]):
        raise pytest.UsageError(f"{item.nodeid} is marked {of}: say in tests/lanes.py where such tests are")


def _allow_the_start(item: pytest.Item) -> None:
    own = item.get_closest_marker("timeout")
    if own is None or own.args[0] < SECONDS_WITH_START:
        item.add_marker(pytest.mark.timeout(SECONDS_WITH_START), append=False)


def turn(item: pytest.Item) -> int:
    """Return when it is a test's turn: the shared system starts when no other is needed any more."""
    if SHARED not in getattr(item, "fixturenames", ()):
        return 0
    return 1 if PurePath(item.nodeid).is_relative_to(FIRST) else 2
