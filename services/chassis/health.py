"""Is this process alive, is it ready: named checks with deadlines, the loop's heartbeat, and the client that asks."""

import asyncio
import http.client
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

Check = Callable[[], Awaitable[str | None]]
"""Returns None when all is well, else the reason in a few words."""

CHECK_SECONDS_MAX: Final = 2.0
HEARTBEAT_SECONDS: Final = 0.5
SILENCE_SECONDS_MAX: Final = 10.0


class Health:
    """Readiness by named checks; liveness by the loop's own heartbeat, never by anything outside the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._checks: dict[str, tuple[Check, float]] = {}
        self._clock = clock
        self.beat_at = clock()
        self.draining = False

    def add(self, name: str, check: Check, seconds_max: float = CHECK_SECONDS_MAX) -> None:
        """Make readiness depend on `check`."""
        self._checks[name] = (check, seconds_max)

    def beat(self) -> None:
        """Say that the loop turns."""
        self.beat_at = self._clock()

    @property
    def silence_seconds(self) -> float:
        """Since the loop last turned. Safe to read from another thread."""
        return self._clock() - self.beat_at

    def live(self) -> bool:
        return self.silence_seconds < SILENCE_SECONDS_MAX

    async def ready(self) -> dict[str, str | None]:
        """Return each check's reason, None where all is well; a check that is late or raises is a reason too."""
        if self.draining:
            return {"draining": "the process is stopping"}
        reasons = await asyncio.gather(*(_ask(check, limit) for check, limit in self._checks.values()))
        return dict(zip(self._checks, reasons, strict=True))

    async def keep_beating(self) -> None:
        """Beat for as long as the loop turns."""
        while True:
            self.beat()
            await asyncio.sleep(HEARTBEAT_SECONDS)


async def _ask(check: Check, seconds_max: float) -> str | None:
    try:
        async with asyncio.timeout(seconds_max):
            return await check()
    except TimeoutError:
        return f"no answer within {seconds_max:g} s"
    except Exception as error:  # noqa: BLE001 -- whatever the check raises is the reason why we are not ready
        return f"{type(error).__name__}: {error}"[:200]


def ask_health(host: str, port: int, seconds_max: float = 3.0) -> int:
    """Ask a running process whether it is ready; return the exit status: 0 ready, 1 not. The answer of `--health`."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds_max)
    try:
        connection.request("GET", "/readyz?verbose")
        answer = connection.getresponse()
        sys.stdout.write(answer.read(65_536).decode("utf-8", "replace") + "\n")
    except (OSError, http.client.HTTPException) as error:
        sys.stdout.write(f"not answering at {host}:{port}: {error}\n")
        return 1
    finally:
        connection.close()
    return 0 if answer.status == http.client.OK else 1


if __name__ == "__main__":  # what compose.yaml asks: a tenth of a second, without loading the service (docs/adr/0006)
    raise SystemExit(ask_health("127.0.0.1", int(sys.argv[1])))
