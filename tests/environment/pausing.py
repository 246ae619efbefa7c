"""A process of the test's own that stands still for a while."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.waiting import eventually


@asynccontextmanager
async def paused(*pids: int) -> AsyncIterator[None]:
    """Stop processes for the block, with every thread of theirs.

    Sending SIGSTOP is not enough: until one thread has taken the signal, the others of the process run on. On a busy
    machine a broker of eighty threads confirmed a record after it.
    """
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        await eventually(lambda: all(map(_stands_still, pids)), within_seconds=30)
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _stands_still(pid: int) -> bool:
    try:
        threads = [path.read_text(encoding="ascii") for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread ended meanwhile
        return False
    return {thread.rpartition(")")[2].split()[0] for thread in threads} == {"T"}
