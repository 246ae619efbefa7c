"""Whose connection it is: from its local port to the process that holds the socket, as the kernel tells."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

TABLE: Final = Path("/proc/net/tcp")
LOCAL, INODE = 1, 9
"""Columns of the kernel's table of connections."""


def owner_of(port: int, processes: Callable[[], Mapping[str, int]]) -> str:
    """Return the name of the process whose connection starts at the local `port`; empty: none of `processes`."""
    inode = _inode(port)
    if inode is None:
        return ""
    link = f"socket:[{inode}]"
    return next((name for name, pid in processes().items() if _holds(pid, link)), "")


def _inode(port: int) -> str | None:
    wanted = f":{port:04X}"
    for line in TABLE.read_text(encoding="ascii").splitlines()[1:]:
        columns = line.split()
        if columns[LOCAL].endswith(wanted) and columns[INODE] != "0":
            return columns[INODE]
    return None


def _holds(pid: int, link: str) -> bool:
    with suppress(OSError):
        for name in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if str(name.readlink()) == link:
                    return True
    return False
