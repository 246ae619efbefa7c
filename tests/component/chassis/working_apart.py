"""A process that `run_apart` starts in tests: it notes its number, and does what it is told to."""

import asyncio
import os
import sys
from pathlib import Path

from services.chassis.apart import WorkRefusedError, work_apart, yield_to_others
from services.chassis.settings import ServiceSettings


async def work(_: ServiceSettings) -> None:
    """Be done, yield, refuse, fail, miss something, or go on for long."""
    what = sys.argv[1]
    # From here on it ends with whoever started it.
    note(str(os.getpid()))
    if what == "refuse":
        raise WorkRefusedError("there is too much of it")
    if what == "yield":
        yield_to_others()
        note(f"{os.getpriority(os.PRIO_PROCESS, 0)} {os.getsid(0) == os.getpid()}")
    if what == "fail":
        raise ZeroDivisionError
    if what == "miss":
        raise ConnectionRefusedError
    if what == "go-on":
        await asyncio.sleep(600)


def note(text: str) -> None:
    """Write down what a test asks for where the second argument says."""
    Path(sys.argv[2]).write_text(text, encoding="ascii")


if __name__ == "__main__":
    work_apart("working", ServiceSettings, work)
