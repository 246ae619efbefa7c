"""TCP ports of the loopback: free ones for tests, a clear error for a taken one."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class PortTakenError(RuntimeError):
    """A port that a part of the system needs belongs to another program."""


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that nothing listens on now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]


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
        raise PortTakenError("; ".join(taken))


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only lingering is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
