"""Waiting for something outside this process."""

import time
from collections.abc import Callable
from threading import Event


def until(holds: Callable[[], bool], within_seconds: float, tick_seconds: float = 0.05) -> bool:
    """Ask again and again; return True as soon as `holds`, False when the time is over."""
    deadline = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        Event().wait(tick_seconds)
    return True
