"""Seconds of a machine that runs: those in which a thread that only looks at the clock could not run are nobody's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

TICK_SECONDS: Final = 0.02
LATE_SECONDS_MAX: Final = 0.1
"""As much of one look counts; what is more, the machine stood still."""


@dataclass(slots=True)
class Elapsed:
    """What a stopwatch shows; whole when its block is left."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Elapsed]:
    """Count the seconds of the block."""
    elapsed, ended = Elapsed(), Event()

    def look() -> None:
        seen = time.monotonic()
        while not ended.is_set():
            ended.wait(TICK_SECONDS)
            before, seen = seen, time.monotonic()
            elapsed.seconds += min(seen - before, LATE_SECONDS_MAX)

    looking = Thread(target=look, name="stopwatch", daemon=True)
    looking.start()
    try:
        yield elapsed
    finally:
        ended.set()
        looking.join()
