"""The folder of one test session; what killed sessions left is cleared away."""

import os
import shutil
from pathlib import Path
from typing import Final

from deploy.embedded.children import Children
from deploy.embedded.postgres_data import PostgresData
from deploy.embedded.state import STATE, State

SESSIONS: Final = STATE / "tests"


def new_session_state() -> State:
    """Return a fresh folder for this process; what killed sessions left behind, processes too, is removed."""
    SESSIONS.mkdir(parents=True, exist_ok=True)
    for left in SESSIONS.iterdir():
        if not _is_alive(left.name):
            Children(left, left / "logs").end_leftovers()
            PostgresData.of(State(left)).remove()
            shutil.rmtree(left, ignore_errors=True)
    state = State(SESSIONS / str(os.getpid()))
    state.folder.mkdir()
    return state


def _is_alive(pid: str) -> bool:
    return Path("/proc", pid).exists()
