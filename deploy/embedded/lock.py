"""One embedded system per state folder: a lock that the kernel gives back when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import IO, Final

FILE: Final = "supervisor.lock"
TRIES_MAX: Final = 1_000
TICK_SECONDS: Final = 0.01


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
        if not _taken(lock):
            raise AlreadyRunningError(
                f"already running as process {holder(folder)}; stop it with `make down`, or Ctrl-C where it was started"
            )
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


def _taken(lock: IO[str]) -> bool:
    # Who asks for the holder shares the lock for that moment; that is no reason to refuse whoever starts in it.
    for _ in range(TRIES_MAX):
        if _has(lock, fcntl.LOCK_EX):
            return True
        if not _has(lock, fcntl.LOCK_SH):
            return False
        fcntl.flock(lock, fcntl.LOCK_UN)
        Event().wait(TICK_SECONDS)
    return False


def _has(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
