"""A running embedded system: its addresses, and the means to disturb it."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ServiceFailedError
from deploy.embedded.state import State
from deploy.embedded.supervisor import Supervisor
from deploy.embedded.waiting import until
from deploy.embedded.watched import Phase

STATUS_FILE: Final = "status.json"
STOP_SECONDS: Final = 120.0
READY: Final = frozenset({Phase.HEALTHY, Phase.COMPLETED})


@dataclass(slots=True)
class System:
    """The addresses are fixed; `kill`, `pause`, `stop` and `start` act on one service or server by its compose name."""

    values: Mapping[str, str]
    state: State
    postgres: Postgres
    kafka: Kafka
    supervisor: Supervisor
    say: Callable[[str], None]
    _loop: asyncio.AbstractEventLoop = field(init=False, default_factory=asyncio.new_event_loop)
    _stopping: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _failure: BaseException | None = field(init=False, default=None)
    _said: dict[str, Phase] = field(init=False, default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The services and servers that run here."""
        return tuple(self.supervisor.watched)

    def url(self, name: str) -> str:
        """Return the HTTP address of a service, e.g. `url("intake-api")`."""
        port = self.values[f"WHISTLE_{name.upper().replace('-', '_')}_PORT"]
        return f"http://{LOOPBACK}:{port}"

    def environment(self, name: str) -> dict[str, str]:
        """Return the whole environment of a service, for running its command, or the command line, by hand."""
        return {**self.supervisor.environment, **self.supervisor.services[name].environment}

    def pid(self, name: str) -> int | None:
        return self.supervisor.watched[name].pid

    def restarts(self, name: str) -> int:
        return self.supervisor.watched[name].restarts

    def phase(self, name: str) -> str:
        return self.supervisor.watched[name].phase

    def kill(self, name: str) -> None:
        """`kill -9`; the supervisor starts it again."""
        if pid := self.pid(name):
            os.kill(pid, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Stop gently and keep stopped until `start`."""
        asyncio.run_coroutine_threadsafe(self.supervisor.stop(name), self._loop).result(STOP_SECONDS)

    def start(self, name: str) -> None:
        """Start again what was stopped; returns at once, see `wait_ready`."""
        self._loop.call_soon_threadsafe(self.supervisor.start, name)

    def wait_ready(self, *names: str, within_seconds: float = 60.0) -> None:
        """Return when the services (all, if none is named) are healthy or have completed.

        Raises:
            ServiceFailedError: one cannot start, or the time is over.
        """
        wanted = names or self.names
        if not until(lambda: bool(self._failure) or self._are_ready(wanted), within_seconds):
            late = "; ".join(self._describe(name) for name in wanted if not self._are_ready([name]))
            raise ServiceFailedError(f"not ready within {within_seconds:g} s: {late}; logs are in {self.state.logs}")
        if self._failure:
            raise self._failure

    def raise_failure(self) -> None:
        """Raise what ended the supervisor, if anything did."""
        if self._failure:
            raise self._failure

    @contextmanager
    def supervised(self, start_seconds: float) -> Iterator[None]:
        """Run the supervisor in a thread while the block runs."""
        self.supervisor.changed = self._note
        for watched in self.supervisor.watched.values():
            watched.changed = self._note
        thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        thread.start()
        try:
            self.wait_ready(within_seconds=start_seconds)
            yield
        finally:
            with suppress(RuntimeError):  # the loop is closed already: the supervisor has failed
                self._loop.call_soon_threadsafe(self._stopping.set)
            thread.join(STOP_SECONDS)
            (self.state.folder / STATUS_FILE).unlink(missing_ok=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self.supervisor.run(self._stopping))
            except Exception as failure:  # noqa: BLE001 (raised again in the caller's thread)
                self._failure = failure

    def _describe(self, name: str) -> str:
        watched = self.supervisor.watched[name]
        return f"{name} is {watched.phase}" + (f" ({watched.last_answer})" if watched.last_answer else "")

    def _are_ready(self, names: tuple[str, ...] | list[str]) -> bool:
        return all(self.supervisor.watched[name].phase in READY for name in names)

    def _note(self) -> None:
        """Say what changed, and write it where `status` finds it."""
        status = {}
        for name, watched in self.supervisor.watched.items():
            status[name] = {"phase": watched.phase, "pid": watched.pid, "restarts": watched.restarts}
            if self._said.get(name) != watched.phase:
                self._said[name] = watched.phase
                if watched.phase not in {Phase.WAITING, Phase.STOPPED}:
                    self.say(f"{name}: {watched.phase}")
        fresh = self.state.folder / f"{STATUS_FILE}.new"
        fresh.write_text(json.dumps(status), encoding="utf-8")
        fresh.replace(self.state.folder / STATUS_FILE)
