"""uvicorn inside our own loop: our signals, our socket, an end that waits for answers but not for ever."""

import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 2_048
CONNECTIONS_MAX = 4_096


class PortTakenError(OSError):
    """Another program listens there, or the address is not ours."""


class Server(uvicorn.Server):
    """A server that leaves signals to the process and can be told to stop."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    def stop(self, *, force: bool = False) -> None:
        """Stop accepting; `force` also leaves unfinished answers behind."""
        self.should_exit = True
        self.force_exit = force


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        PortTakenError: in one sentence, before anything else has started.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise PortTakenError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return bound


def server_for(app: ASGIApp, *, drain_seconds: float, lifespan: bool) -> Server:
    """Return a server for `app`: no access log (metrics tell), no server header, bounded everywhere."""
    return Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on" if lifespan else "off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=max(int(drain_seconds), 1),
        )
    )
