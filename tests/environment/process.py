"""One process of a service in a test: its settings from the environment, its operational paths, its end."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Self

from deploy.embedded.ports import free_ports
from tests.environment.database import Database
from tests.environment.stopwatch import stopwatch
from tests.waiting import eventually

END_SECONDS_MAX: Final = 60.0
ASK_SECONDS_MAX: Final = 30.0


@dataclass(slots=True)
class Process:
    """`python -m services.<service> [name]` on a free port."""

    service: str
    settings: Mapping[str, str]
    """By what follows `WHISTLE_<SERVICE>_`, or `WHISTLE_<SERVICE>_<NAME>_` for one of several."""
    name: str = ""
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        words = [word for word in (self.service, self.name) if word]
        prefix = "_".join(["WHISTLE", *words, ""]).upper()
        settings = {prefix + name: value for name, value in self.settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"services.{words[0]}", *words[1:]],
            env={**os.environ, **settings, f"{prefix}PORT": str(self.port)},
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(END_SECONDS_MAX)

    def end_timed(self) -> tuple[int, float]:
        """Send SIGTERM; return the exit status, and the seconds from the signal to the end."""
        with stopwatch() as elapsed:
            status = self.end()
        return status, elapsed.seconds

    async def ready(self) -> None:
        await eventually(lambda: self.readiness().startswith('{"ready":true'), within_seconds=60)

    def readiness(self) -> str:
        """Return what /readyz says in words, or why it does not answer."""
        return self.get("/readyz?verbose")

    def metrics(self) -> str:
        return self.get("/metrics")

    def get(self, path: str) -> str:
        """Return what a path says, or why it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=ASK_SECONDS_MAX) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:
            return repr(error)

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run it until the block is left; whatever still runs then is killed."""
        self.start()
        try:
            yield self
        finally:
            self.end(signal.SIGKILL)


def known_as(role: str, database: Database) -> dict[str, str]:
    """Return the settings by which a process reaches the database as this role."""
    return {
        "POSTGRES_DSN": database.dsn_without_password(role),
        "POSTGRES_PASSWORD_FILE": str(database.password_file(role)),
    }
