"""A deadline that holds against a server that hangs, not only against one that is gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float, call: Coroutine[Any, Any, T]) -> T:
    """Return what `call` returns; after `seconds` leave it behind, to end when it can.

    `asyncio.timeout` is not enough: asyncpg gives a connection back only after the server has confirmed the
    cancellation, and a stopped server never does (tests/wire/intake: 17 s instead of 2).

    Raises:
        TimeoutError: unknown whether it took effect.
    """
    task = asyncio.ensure_future(call)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.add_done_callback(_left_behind)
        task.cancel()
        raise TimeoutError(f"no answer within {seconds:g} s")
    return task.result()


def _left_behind(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled():
        task.exception()
