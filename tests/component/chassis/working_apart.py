"""A process that `run_apart` starts in tests: it notes its number, and does what it is told to."""

import asyncio
import os
import sys
from pathlib import Path

from services.chassis.apart import work_apart
from services.chassis.settings import ServiceSettings


async def work(_: ServiceSettings) -> None:
    """Be done, fail, miss something, or go on for long."""
    what = sys.argv[1]
    note_itself()
    if what == "fail":
        raise ZeroDivisionError
    if what == "miss":
        raise ConnectionRefusedError
    if what == "go-on":
        await asyncio.sleep(600)


def note_itself() -> None:
    """Write down its number where the second argument says: from now on it ends with whoever started it."""
    Path(sys.argv[2]).write_text(str(os.getpid()), encoding="ascii")


if __name__ == "__main__":
    work_apart("working", ServiceSettings, work)
