"""What a composition root gets from the chassis: registry, health, outages, background work, and the HTTP door."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.types import ASGIApp

from services.chassis.failures import Die, die
from services.chassis.health import Health
from services.chassis.memory import keep_small, settle_down
from services.chassis.metrics import Progress, service_registry
from services.chassis.operations import Operations
from services.chassis.outages import Outages
from services.chassis.pools import PoolCollector
from services.chassis.server import Server, server_for
from services.chassis.settings import ServiceSettings
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics

Hook = Callable[[], Awaitable[None]]

_log = structlog.get_logger("whistle.shell")


class EndedByItselfError(RuntimeError):
    """Background work returned before anybody asked the process to stop."""


@dataclass(frozen=True, slots=True)
class Work:
    """One background task and how to end it kindly; without a way it is cancelled."""

    task: asyncio.Task[None]
    stop: Hook | None


class Shell:
    """One process's surroundings: `start` work, then `await serve(app)`, which returns when the process is to stop."""

    def __init__(self, service: str, settings: ServiceSettings, door: socket.socket, end: Die = die) -> None:
        self.service = service
        self.registry = service_registry(service)
        self.health = Health()
        self.outages = Outages(self.registry, service)
        self.progress = Progress(self.registry, service)
        PoolCollector(self.registry, service)
        self.stopping = asyncio.Event()
        self.die = end
        self._settings = settings
        self._door = door
        self._works: list[Work] = []
        self._drain_hooks: list[Hook] = []
        self.health.add("outages", self.outages.check)

    @property
    def port(self) -> int:
        """The port the door has, also when 0 was asked for."""
        return int(self._door.getsockname()[1])

    def stop(self) -> None:
        """Ask the process to drain and end."""
        self.stopping.set()

    def start(self, name: str, work: Coroutine[Any, Any, None], *, stop: Hook | None = None) -> None:
        """Run `work` beside the door. Its failure, or its end before the process stops, ends the process (exit 70).

        `stop` asks the work to finish what it has in hand and return; without it the task is cancelled.
        """
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._works.append(Work(task, stop))

    def on_drain(self, hook: Hook) -> None:
        """Call `hook` when draining begins, before the door closes: end event streams here."""
        self._drain_hooks.append(hook)

    async def serve(
        self, app: ASGIApp | None = None, *, limits: BodyLimits | None = None, lifespan: bool = False
    ) -> None:
        """Serve the operational paths and `app` behind the edge until the process is asked to stop, then drain.

        Draining: readiness 503, hooks, finish answers in hand, finish background work; all within `drain_seconds`.
        """
        inner = Edge(app, HttpMetrics(self.registry, self.service), limits) if app is not None else None
        door = Operations(self.service, self.health, self.registry, inner)
        server = server_for(door, drain_seconds=self._settings.drain_seconds, lifespan=lifespan)
        self.start("heartbeat", self.health.keep_beating())
        serving = asyncio.create_task(server.serve(sockets=[self._door]), name="door")
        serving.add_done_callback(self._ended)
        settle_down()
        self.start("memory", keep_small())
        _log.info("serving", port=self.port)
        await self.stopping.wait()
        await self._drain(server, serving)

    async def _drain(self, server: Server, serving: asyncio.Task[None]) -> None:
        _log.info("draining", seconds_max=self._settings.drain_seconds)
        self.health.draining = True
        try:
            async with asyncio.timeout(self._settings.drain_seconds):
                for hook in self._drain_hooks:
                    await hook()
                server.stop()
                await asyncio.gather(serving, *(_finish(work) for work in self._works))
        except TimeoutError:
            _log.warning("work in hand was not finished in time; it will be done again")
            server.stop(force=True)
        for work in self._works:
            work.task.cancel()
        await asyncio.wait([work.task for work in self._works], timeout=1.0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self.die(error)
        if not self.stopping.is_set():
            self.die(EndedByItselfError(f"{task.get_name()} ended by itself"))


async def _finish(work: Work) -> None:
    if work.stop is None:
        work.task.cancel()
    else:
        await work.stop()
    await asyncio.wait([work.task])
