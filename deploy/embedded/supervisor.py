"""Starts the services in the order of their dependencies, keeps them running, and stops them again."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.embedded.children import Children
from deploy.embedded.compose import Service
from deploy.embedded.log_files import rotate
from deploy.embedded.plan import services_to_run
from deploy.embedded.processes import (
    ProcessRunner,
    Runner,
    Server,
    ServerRunner,
    keep,
    last_lines,
)
from deploy.embedded.waiting import comes_true
from deploy.embedded.watched import Phase, Watched

ROTATE_SECONDS: Final = 10.0


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Runs on one event loop; `watched` may be read from any thread."""

    services: Mapping[str, Service]
    servers: Mapping[str, Server]
    """`kafka` and `postgres`: what stands in for the containers marked so."""
    children: Children
    environment: Mapping[str, str]
    prepare: Callable[[], None] = lambda: None
    """Called once, in a thread, when everything that runs once has completed and before the services start."""
    changed: Callable[[], None] = lambda: None
    watched: dict[str, Watched] = field(init=False)
    _tasks: dict[str, asyncio.Task[None]] = field(init=False, default_factory=dict)
    _prepared: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _ended: asyncio.Event = field(init=False, default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        order = services_to_run(self.services)
        self.watched = {name: Watched(service, changed=self.changed) for name, service in order.items()}

    async def run(self, until: asyncio.Event) -> None:
        """Keep everything running until the event is set; stops all, the last started first.

        Raises:
            ServiceFailedError: one ended and may not be started again; everything else is stopped then, too.
        """
        stopping = self._begin(until.wait(), "stopping")
        for name in self.watched:
            self.start(name)
        upkeep = [self._begin(self._rotate_logs(), "rotate logs"), self._begin(self._prepare(), "prepare")]
        try:
            while not until.is_set():
                await self._something_ended()
                _raise_failures([*upkeep, *self._tasks.values()])
        finally:
            await _cancel((stopping, *upkeep))
            await self._stop_all()

    def start(self, name: str) -> None:
        """Start a service, or start it again after `stop`."""
        watched = self.watched[name]
        watched.is_wanted = True
        watched.enter(Phase.WAITING)
        self._tasks[name] = self._begin(self._start_when_possible(watched), name)

    async def stop(self, name: str) -> None:
        """Stop a service gently and leave it stopped."""
        self.watched[name].is_wanted = False
        await _cancel([self._tasks[name]])
        self.watched[name].enter(Phase.STOPPED)

    async def _start_when_possible(self, watched: Watched) -> None:
        await comes_true(lambda: self._may_start(watched.service))
        await keep(watched, self._runner(watched.service), last_lines(self.children))

    def _may_start(self, service: Service) -> bool:
        met = all(self.watched[name].meets(condition) for name, condition in service.depends_on.items())
        return met and (service.is_set_up_first or self._prepared.is_set())

    def _runner(self, service: Service) -> Runner:
        if service.embedded:
            return ServerRunner(self.servers[service.embedded])
        return ProcessRunner(self.children, self.environment)

    async def _prepare(self) -> None:
        await comes_true(lambda: all(each.is_set_up for each in self.watched.values()))
        await asyncio.to_thread(self.prepare)
        self._prepared.set()

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_SECONDS)
            rotate(self.children.logs)

    def _begin(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(lambda _: self._ended.set())
        return task

    async def _something_ended(self) -> None:
        # Not `asyncio.wait` on the tasks: one that is done would end every further wait at once.
        await self._ended.wait()
        self._ended.clear()

    async def _stop_all(self) -> None:
        # Servers last: a service that drains still writes.
        names = list(self.watched)
        processes = [name for name in names if not self.watched[name].service.embedded]
        await asyncio.gather(*(self.stop(name) for name in processes))
        await asyncio.gather(*(self.stop(name) for name in names if name not in processes))


def _raise_failures(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()):
            raise error


async def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    cancelled = list(tasks)
    for task in cancelled:
        task.cancel()
    for task in cancelled:
        with suppress(asyncio.CancelledError, Exception):  # a failure was told already; the others must stop, too
            await task
