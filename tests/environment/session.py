"""The folder of one test session, in memory where there is room; what killed sessions left is cleared away."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy.embedded.children import FILE, Children
from deploy.embedded.postgres_data import PostgresData
from deploy.embedded.state import PROJECT, STATE, State

ON_DISK: Final = STATE / "tests"
LOCK: Final = STATE / "tests.lock"
MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- a file system of this name, not a file that others could put there
IN_MEMORY: Final = MEMORY / f"whistle-tests-{hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]}"
ROOM_BYTES_MIN: Final = 6 * 1024**3
"""Two sessions beside each other, with three systems at once."""


def new_session_state() -> State:
    """Return a fresh folder for this process; what killed sessions left behind, processes too, is removed."""
    with _alone():
        for sessions in (ON_DISK, IN_MEMORY):
            _clear(sessions)
        state = State(_sessions() / str(os.getpid()))
        state.folder.mkdir(parents=True)
    return state


@contextmanager
def _alone() -> Iterator[None]:
    """Let no other session clear away at the same time: what one looks at the other has just deleted."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sessions() -> Path:
    """Return where sessions live: a database per test makes and drops a thousand files, and each is synced to disk."""
    if os.environ.get("WHISTLE_TESTS_ON_DISK") or not os.access(MEMORY, os.W_OK) or not _is_ours(IN_MEMORY):
        return ON_DISK
    room = min(shutil.disk_usage(MEMORY).free, _bytes_available())
    return IN_MEMORY if room >= ROOM_BYTES_MIN else ON_DISK


def _bytes_available() -> int:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kibibytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "0")
    return int(kibibytes) * 1024


def _clear(sessions: Path) -> None:
    for left in sessions.iterdir() if sessions.exists() and _is_ours(sessions) else ():
        # One of our own number is of an earlier process: ours is made later.
        if left.name == str(os.getpid()) or not _is_alive(left.name):
            for record in left.rglob(FILE):  # its own, and one of each whole system below it
                Children(record.parent, record.parent / "logs").end_leftovers()
                PostgresData.of(State(record.parent)).remove()
            shutil.rmtree(left, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return not folder.exists() or folder.lstat().st_uid == os.geteuid()


def _is_alive(pid: str) -> bool:
    return Path("/proc", pid).exists()
