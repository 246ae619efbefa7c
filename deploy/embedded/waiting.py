"""Waiting for something outside this process."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, TypeVar

T = TypeVar("T")


def until(holds: Callable[[], bool], within_seconds: float, tick_seconds: float = 0.05) -> bool:
    """Ask again and again; return True as soon as `holds`, False when the time is over."""
    deadline = time.monotonic() + within_seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        Event().wait(tick_seconds)
    return True


async def comes_true(holds: Callable[[], bool], tick_seconds: float = 0.05) -> None:
    """Return as soon as `holds`; for what no event tells: the end of a process, a fact of another thread."""
    while not holds():  # noqa: ASYNC110 (see above)
        await asyncio.sleep(tick_seconds)


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop and a thread of its own, whatever loop the caller is in."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
