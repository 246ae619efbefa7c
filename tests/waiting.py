"""Waiting for what must become true; the only place in the tests that may sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar, cast

T = TypeVar("T")

TICK_SECONDS: Final = 0.02


async def eventually(check: Callable[[], Awaitable[T | None]] | Callable[[], T | None], *, within_seconds: float) -> T:
    """Return what `check` gives as soon as it is truthy.

    `check` may be a coroutine function. A falsy answer and an `AssertionError` both mean "not yet";
    any other error ends the wait at once.

    Raises:
        AssertionError: the time is over; says what was seen last.
    """
    deadline = time.monotonic() + within_seconds
    while True:
        seen = await _once(check)
        if seen and not isinstance(seen, AssertionError):
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_seconds} s; seen last: {seen!r}")
        await asyncio.sleep(TICK_SECONDS)


async def _once(check: Callable[[], Awaitable[T | None]] | Callable[[], T | None]) -> T | AssertionError | None:
    try:
        answer = check()
        return await cast("Awaitable[T | None]", answer) if inspect.isawaitable(answer) else answer
    except AssertionError as not_yet:
        return not_yet
