"""Python runs this first in every service under test: on SIGUSR1 the process does what its order says.

So the product needs no hook for faults that come from inside.
"""

import importlib
import os
import signal
import time
from typing import Any

_right: dict[str, Any] = dict(vars(time))
_leapt = [0.0]


def _obey(*_: Any) -> None:
    folder = importlib.import_module("pathlib").Path(os.environ["FAULT_ORDERS"])
    what, *more = (folder / str(os.getpid())).read_text("utf-8").split()
    globals()[f"_{what}"](*more)


def _block(seconds: str) -> None:
    """Be busy on the thread of the event loop."""
    until = time.perf_counter() + float(seconds)
    while time.perf_counter() < until:
        pass


def _hang(module: str, name: str, method: str) -> None:
    """Let a method wait for ever from now on."""
    asyncio = importlib.import_module("asyncio")

    async def for_ever(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    setattr(getattr(importlib.import_module(module), name), method, for_ever)


def _skew(seconds: str) -> None:
    """Let the process's clock on the wall be wrong."""
    vars(time)["time"] = lambda: _right["time"]() + float(seconds)


def _leap(seconds: str) -> None:
    """Let the process's monotonic clock leap, as seen from PostgreSQL's."""
    _leapt[0] += float(seconds)


if "FAULT_CLOCK" in os.environ:  # before anybody keeps the function
    vars(time)["monotonic"] = lambda: _right["monotonic"]() + _leapt[0]
if "FAULT_ORDERS" in os.environ:
    signal.signal(signal.SIGUSR1, _obey)
