"""The courier: delivers what is due, two at a time to one destination; every outcome is a row."""

import asyncio
import random
import time
from collections import Counter as Tally
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from services.chassis.outages import Outages, retry_transient
from services.chassis.sealing import CannotOpenError
from services.notify.channels.egress import Egress
from services.notify.channels.webhook import deliver
from services.notify.domain.retries import pause_after
from services.notify.metrics import NotifyMetrics
from services.notify.ports import Book, KnownSubscriptions, Taken

AT_ONCE_MAX: Final = 2
"""Deliveries to one destination at the same time."""
TAKEN_MAX: Final = 16
"""Messages of one destination on lease; in the worst case 8 rounds of 5 s, well within the lease."""
LEASE: Final = timedelta(seconds=60)
IDLE_SECONDS_MAX: Final = 1.0

_log = structlog.get_logger("whistle.courier")


class Courier:
    """Takes due messages, delivers them, notes the outcome. Any number of instances; leases keep them apart."""

    def __init__(
        self,
        book: Book,
        subscriptions: KnownSubscriptions,
        egress: Egress,
        metrics: NotifyMetrics,
        outages: Outages,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._book = book
        self._subscriptions = subscriptions
        self._egress = egress
        self._metrics = metrics
        self._outages = outages
        self._chance = chance
        self._held: Tally[str] = Tally()
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that a message was written."""
        self._woken.set()

    async def stop(self) -> None:
        """Return from `run` when what is under way has its outcome."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Deliver until `stop`."""
        while not self._stopping:
            self._woken.clear()
            if not await retry_transient(self.take_once, self._outages):
                await self._rest()
            for task in [task for task in self._tasks if task.done()]:
                self._tasks.discard(task)
                task.result()  # a delivery that raised is a fault of ours and ends the process
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def take_once(self) -> int:
        """Take what is due and begin to deliver it; return how many messages."""
        known = await self._subscriptions.current()
        self._metrics.subscriptions.set(len(known.all))
        room = {one.destination: TAKEN_MAX - self._held[one.destination] for one in known.all}
        room = {destination: free for destination, free in room.items() if free > 0}
        if not room:
            return 0
        taken = await self._book.take(room, LEASE)
        for message in taken:
            self._held[message.destination] += 1
            task = asyncio.create_task(self._deliver(message), name="delivery")
            self._tasks.add(task)
            task.add_done_callback(lambda _: self._woken.set())
        return len(taken)

    async def _deliver(self, message: Taken) -> None:
        turn = self._turns.setdefault(message.destination, asyncio.Semaphore(AT_ONCE_MAX))
        try:
            async with turn:
                began = time.monotonic()
                error = await self._error(message)
                self._metrics.delivery_seconds.observe(time.monotonic() - began)
            await retry_transient(lambda: self._note(message, error), self._outages)
        finally:
            self._held[message.destination] -= 1
            if not self._held[message.destination]:
                del self._held[message.destination]
                self._turns.pop(message.destination, None)

    async def _error(self, message: Taken) -> str | None:
        try:
            webhook = await retry_transient(lambda: self._subscriptions.webhook(message.recipient), self._outages)
        except CannotOpenError as error:
            return f"secret unusable: {error}"
        if webhook is None:
            return "the subscription was disabled"
        return await deliver(self._egress, webhook, str(message.message_id), message.body, message.taken_at)

    async def _note(self, message: Taken, error: str | None) -> None:
        if error is None:
            await self._book.sent(message)
            self._metrics.deliveries.labels(outcome="sent").inc()
            return
        pause = pause_after(message.attempts, self._chance())
        await self._book.failed(message, error, pause)
        outcome = "dead" if pause is None else "failed"
        self._metrics.deliveries.labels(outcome=outcome).inc()
        _log.warning(
            "not delivered",
            outcome=outcome,
            message=str(message.message_id),
            case_id=str(message.fact.case_id),
            attempts=message.attempts,
            reason=error,
        )

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS_MAX):
                await self._woken.wait()
        except TimeoutError:
            pass
