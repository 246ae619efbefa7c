"""TCP ports of the loopback: free ones for tests, a clear error for a taken one."""

import secrets
import socket
from collections.abc import Mapping
from typing import Final

LOOPBACK: Final = "127.0.0.1"
TEST_PORTS: Final = range(20_000, 32_000)


class PortTakenError(RuntimeError):
    """A port that a part of the system needs belongs to another program."""


class NotAPortError(PortTakenError):
    """A variable that sets a port holds something else."""


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that nothing listens on now.

    They lie below those the kernel lends to outgoing connections: a server that is killed and started again
    must find its port free.
    """
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(TEST_PORTS)
        if port not in found and _can_bind(port):
            found.append(port)
    return found


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


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only lingering is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
