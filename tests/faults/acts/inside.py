"""What goes wrong inside a process: it hangs, it is busy, its clock is wrong, it has no files or no log left."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from tests.faults.ground import Ground, until
from tests.faults.schedule import Fault
from tests.waiting import eventually

ORDERS: Final = "FAULT_ORDERS"
INSIDE: Final = Path(__file__).resolve().parent.parent / "inside"
"""On the path of every service under test: its `sitecustomize` obeys orders, so that the product needs no hook."""
SEEING: Final = "sla-2"
READY_SECONDS: Final = 60.0
STOPPED: Final = "select reason from ledger.clock_stop"
CONFIRM: Final = "delete from ledger.clock_stop"


@asynccontextmanager
async def order(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Tell a process what to do: `how.text` is the order; a restarted process knows nothing of it."""
    pid = ground.pid(fault.whom)
    if fault.whom in ground.system.names:
        ground.seen[f"restarts of {fault.whom}"] = ground.system.restarts(fault.whom)
    folder = Path(ground.system.supervisor.environment[ORDERS])
    await asyncio.to_thread((folder / str(pid)).write_text, fault.how["text"], "utf-8")
    os.kill(pid, signal.SIGUSR1)
    yield


@asynccontextmanager
async def leap(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let a second instance on the real clock see PostgreSQL's clock leap; a person confirms it when the fault ends."""
    ground.start_second(fault.whom, SEEING, clock="real")
    await until(lambda: _listens(ground), READY_SECONDS)
    await asyncio.sleep(fault.how["after"])  # two ticks at least: the guard compares one with the one before
    async with order(ground, Fault(at=0, what="order", whom=SEEING, how={"text": f"leap {fault.how['seconds']}"})):
        ground.seen["stopped"] = await eventually(lambda: ground.ask(STOPPED), within_seconds=READY_SECONDS)
    yield
    await ground.ask(CONFIRM)


async def _listens(ground: Ground) -> bool:
    return bool(await ground.ready(SEEING, port=ground.seconds[SEEING].port))


@asynccontextmanager
async def few_files(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let a process open no more files and connections, and end the connections it has."""
    async with _limited(ground.pid(fault.whom), resource.RLIMIT_NOFILE, fault.how.get("files", 12)):
        for wire in ground.wires.values():
            wire.cut(fault.whom)
        yield


@asynccontextmanager
async def full_log(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let a process write no byte more into its log."""
    async with _limited(ground.pid(fault.whom), resource.RLIMIT_FSIZE, 1):
        yield


@asynccontextmanager
async def _limited(pid: int, what: int, most: int) -> AsyncIterator[None]:
    before = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (most, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, what, before)
