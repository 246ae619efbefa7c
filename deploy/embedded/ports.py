"""TCP ports of the loopback: free ones for tests, a clear error for a taken one."""

import fcntl
import itertools
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
TEST_PORTS: Final = range(20_000, 32_000)
SHARE: Final = 750
"""So many of them belong to one process while it lives."""


class PortTakenError(RuntimeError):
    """A port that a part of the system needs belongs to another program."""


class NotAPortError(PortTakenError):
    """A variable that sets a port holds something else."""


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that nothing listens on now.

    They lie below those the kernel lends to outgoing connections: a server that is killed and started again
    must find its port free. No other process is given them, though whoever they are for may listen much later.
    """
    return list(itertools.islice(filter(_can_bind, _own_ports(os.getpid())), count))


def port_number(name: str, text: str) -> int:
    """Return the port that variable `name` sets.

    Raises:
        NotAPortError: it is no number from 1 to 65535.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise NotAPortError(f"{name} must be a port number, not {text!r}")
    return int(text)


def is_listening(port: int, seconds: float = 0.5) -> bool:
    """Say whether something on the loopback answers at `port`."""
    with socket.socket() as probe:
        probe.settimeout(seconds)
        return probe.connect_ex((LOOPBACK, port)) == 0


def require_free(ports: Mapping[str, int]) -> None:
    """Refuse to start where a port is taken. `ports` maps the variable that sets a port to the port.

    Raises:
        PortTakenError: names every taken port and the variable to change.
    """
    taken = [f"port {port} is taken; choose another with {name}" for name, port in ports.items() if not _can_bind(port)]
    if taken:
        raise PortTakenError("\n".join(taken))


@cache
def _own_ports(_: int) -> Iterator[int]:
    """Give the ports of this process's share, in turn; of all of them where every share is taken."""
    shares = [TEST_PORTS[first : first + SHARE] for first in range(0, len(TEST_PORTS), SHARE)]
    secrets.SystemRandom().shuffle(shares)
    return itertools.cycle(next((share for share in shares if _take(share)), TEST_PORTS))


def _take(share: range) -> bool:
    path = Path(tempfile.gettempdir()) / f"whistle-ports-{share.start}"
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o444)
    except PermissionError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # let go when this process ends
    except BlockingIOError:
        os.close(lock)
        return False
    return True


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only lingering is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
