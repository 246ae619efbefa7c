"""One embedded system per state folder: a lock that the kernel gives back when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FILE: Final = "supervisor.lock"


class AlreadyRunningError(RuntimeError):
    """Another supervisor runs this state folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder`; the holder's pid stands in it.

    Raises:
        AlreadyRunningError: names the process to stop.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(
                f"already running as process {holder(folder)}; stop it with `make down`, or Ctrl-C where it was started"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.truncate(0)


def holder(folder: Path) -> int | None:
    """Return the pid of the supervisor that runs `folder`, or None."""
    try:
        with (folder / FILE).open(encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((folder / FILE).read_text(encoding="ascii") or 0) or None
