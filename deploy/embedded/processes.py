"""One service of the embedded system: started when it may, checked until healthy, restarted when it fails."""

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from deploy.embedded.children import Children
from deploy.embedded.compose import HealthCheck, Service
from deploy.embedded.log_files import tail
from deploy.embedded.waiting import comes_true
from deploy.embedded.watched import Phase, Watched

RESTART_SECONDS_FIRST: Final = 0.2
RESTART_SECONDS_MAX: Final = 10.0
STEADY_SECONDS: Final = 30.0
"""Whoever ran this long starts again with the shortest pause."""
FIRST_STARTS_MAX: Final = 5
"""Whoever never was healthy and ended this often has a fault that waiting does not cure."""
EXIT_CONFIGURATION: Final = 78
"""A setting is wrong (sysexits.h): starting again would not help."""


class ServiceFailedError(RuntimeError):
    """A service ended and is not started again; the message ends with its last log lines."""


class Server(Protocol):
    """An embedded server that stands in for a container; both calls block."""

    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Runner(Protocol):
    """Runs one attempt of a service until it ends; returns its exit status."""

    async def __call__(self, watched: Watched) -> int: ...


@dataclass(frozen=True, slots=True)
class ProcessRunner:
    """Runs the command of compose.yaml with its environment, and its health check until it passes once."""

    children: Children
    environment: Mapping[str, str]
    """What every process gets besides its own environment: the way to programs, the encoding."""

    async def __call__(self, watched: Watched) -> int:
        service = watched.service
        environment = self._environment(service) | {"TMPDIR": str(self._emptied(service))}
        child = self.children.start(service.name, argv(service.command), environment)
        watched.pid = child.pid
        try:
            if service.health:
                await self._until_healthy(child, watched, service.health)
            elif service.restart != "no":
                watched.enter(Phase.HEALTHY)
            return await ended(child)
        finally:
            await stop(child, service.stop_grace.total_seconds())
            watched.pid = None
            self.children.forget(service.name)

    async def _until_healthy(self, child: subprocess.Popen[bytes], watched: Watched, health: HealthCheck) -> None:
        check = argv(health.command)
        while child.poll() is None:
            seconds_max = health.timeout.total_seconds()
            status, watched.last_answer = await _ask(check, self._environment(watched.service), seconds_max)
            if status == 0:
                watched.enter(Phase.HEALTHY)
                return
            await asyncio.sleep(health.start_interval.total_seconds())

    def _emptied(self, service: Service) -> Path:
        # As a container's tmpfs: what a killed process left of a month's workbook is gone when it starts again.
        folder = self.children.folder / "temporary" / service.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def _environment(self, service: Service) -> dict[str, str]:
        return {**self.environment, **service.environment}


@dataclass(frozen=True, slots=True)
class ServerRunner:
    """Runs an embedded server in the place of its container."""

    server: Server

    async def __call__(self, watched: Watched) -> int:
        starting = asyncio.ensure_future(asyncio.to_thread(self.server.start))
        try:
            await asyncio.shield(starting)
            watched.pid = self.server.pid
            watched.enter(Phase.HEALTHY)
            await comes_true(lambda: self.server.pid is None, tick_seconds=0.1)
        except RuntimeError:
            # The first start must succeed; later ones are tried again, as a container engine would.
            if watched.restarts == 0:
                raise
        finally:
            await asyncio.wait([starting])  # a thread cannot be cancelled; stopping beside it would race
            await asyncio.to_thread(self.server.stop)
            watched.pid = None
        return 1


async def keep(watched: Watched, run: Runner, logs: Callable[[str], str]) -> None:
    """Run a service as its restart policy says, until it completes or is cancelled.

    Raises:
        ServiceFailedError: it ended and may not, or need not, be started again.
    """
    pause = RESTART_SECONDS_FIRST
    while True:
        watched.enter(Phase.STARTING)
        began = time.monotonic()
        status = await run(watched)
        if status == 0 and watched.service.restart in {"no", "on-failure"}:
            watched.enter(Phase.COMPLETED)
            return
        if _gives_up(watched, status):
            raise ServiceFailedError(f"{watched.service.name} ended with {status}:\n{logs(watched.service.name)}")
        watched.restarts += 1
        watched.enter(Phase.RESTARTING)
        pause = RESTART_SECONDS_FIRST if time.monotonic() - began > STEADY_SECONDS else pause
        await asyncio.sleep(pause)
        pause = min(2 * pause, RESTART_SECONDS_MAX)


def _gives_up(watched: Watched, status: int) -> bool:
    if watched.service.restart == "no":
        return True
    hopeless = status == EXIT_CONFIGURATION or watched.restarts >= FIRST_STARTS_MAX
    return hopeless and not watched.was_ever_healthy


async def _ask(check: list[str], environment: Mapping[str, str], seconds_max: float) -> tuple[int, str]:
    pipe, quiet = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    asking = await asyncio.create_subprocess_exec(*check, env=environment, stdin=quiet, stdout=pipe, stderr=quiet)
    try:
        answer, _ = await asyncio.wait_for(asking.communicate(), seconds_max)
    except TimeoutError:
        return 1, f"no answer within {seconds_max:g} s"
    finally:
        if asking.returncode is None:
            asking.kill()
            await asking.wait()
    return int(asking.returncode or 0), answer.decode("utf-8", "replace").strip()


def argv(command: tuple[str, ...]) -> list[str]:
    """Return the command to run: `python` of a container is this very interpreter."""
    program, *rest = command
    return [sys.executable if program == "python" else program, *rest]


async def ended(child: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process; return its exit status."""
    await comes_true(lambda: child.poll() is not None, tick_seconds=0.1)
    return int(child.returncode)


async def stop(child: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """SIGTERM, so that the service drains; SIGKILL after the grace."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        child.send_signal(signal.SIGCONT)  # a paused process could not hear it
        try:
            await asyncio.wait_for(ended(child), grace_seconds)
        except TimeoutError:
            child.kill()
            await ended(child)


def last_lines(children: Children) -> Callable[[str], str]:
    return lambda name: tail(children.logs / f"{name}.log")
