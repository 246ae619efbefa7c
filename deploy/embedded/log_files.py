"""Logs of children stay small: a full one is copied aside and emptied in place."""

import os
import shutil
from pathlib import Path
from typing import Final

BYTES_MAX: Final = 16 * 1024 * 1024
TAIL_LINES: Final = 15


def rotate(folder: Path, bytes_max: int = BYTES_MAX) -> None:
    """Keep each `*.log` below `bytes_max`, with one older part beside it.

    The children hold their file open for appending, so it is emptied, not renamed; what is written between
    the copy and the cut is lost.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > bytes_max:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, for the message of whoever gives up."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
