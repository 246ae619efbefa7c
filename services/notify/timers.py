"""The courier: delivers what is due, two at a time to one destination; every outcome is a row."""

import asyncio
import random
import time
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Final

import structlog

from services.chassis.outages import Outages, retry_transient
from services.chassis.sealing import CannotOpenError
from services.notify.domain.matching import Subscriptions
from services.notify.domain.outcomes import Refusal
from services.notify.domain.pacing import Pace
from services.notify.domain.retries import JITTER, POSTPONED_MAX, pause_after
from services.notify.domain.subscription import Subscription
from services.notify.domain.targets import Channel
from services.notify.metrics import NotifyMetrics
from services.notify.ports import KnownSubscriptions, Outbox, Taken, WaysOut

AT_ONCE_MAX: Final = 2
"""Deliveries to one destination at the same time."""
TAKEN_MAX: Final = 16
"""Messages of one destination on lease; in the worst case 8 rounds of 5 s, well within the lease."""
TAKEN_MAX_OF: Final[dict[Channel, int]] = {"mail": 4}
"""A mail server may take 20 s: 2 rounds."""
LEASE: Final = timedelta(seconds=60)
IDLE_SECONDS_MAX: Final = 1.0

_log = structlog.get_logger("whistle.courier")


class Courier:
    """Takes due messages, delivers them, notes the outcome. Any number of instances; leases keep them apart."""

    AT_ONCE: ClassVar[int] = AT_ONCE_MAX

    def __init__(
        self,
        book: Outbox,
        subscriptions: KnownSubscriptions,
        channels: WaysOut,
        metrics: NotifyMetrics,
        outages: Outages,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._book = book
        self._subscriptions = subscriptions
        self._channels = channels
        self._metrics = metrics
        self._outages = outages
        self._chance = chance
        self._held: Tally[str] = Tally()
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._paces: dict[str, Pace] = {}
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
        self._show(known)
        room = self._room(known.all)
        if not room:
            return 0
        taken = await self._book.take(room, LEASE)
        for message in taken:
            self._held[message.destination] += 1
            self._paces[message.destination].take(time.monotonic())
            task = asyncio.create_task(self._deliver(message), name="delivery")
            self._tasks.add(task)
            task.add_done_callback(lambda _: self._woken.set())
        return len(taken)

    def _show(self, known: Subscriptions) -> None:
        self._metrics.subscriptions.set(len(known.all))

    def _room(self, subscriptions: Sequence[Subscription]) -> dict[str, int]:
        """Return how many messages of each destination may be taken now."""
        now, room = time.monotonic(), {}
        for one in subscriptions:
            pace = self._paces.setdefault(one.destination, Pace(one.channel))
            held = TAKEN_MAX_OF.get(one.channel, TAKEN_MAX) - self._held[one.destination]
            if (free := min(held, pace.room(now))) > 0:
                room[one.destination] = free
        for gone in self._paces.keys() - {one.destination for one in subscriptions}:
            if self._paces[gone].idle(now) and not self._held[gone]:
                del self._paces[gone]
        return room

    async def _deliver(self, message: Taken) -> None:
        turn = self._turns.setdefault(message.destination, asyncio.Semaphore(self.AT_ONCE))
        try:
            async with turn:
                began = time.monotonic()
                refusal = self._closed(message) or await self._refusal(message)
                self._metrics.delivery_seconds.observe(time.monotonic() - began)
            await retry_transient(lambda: self._note(message, refusal), self._outages)
        finally:
            self._held[message.destination] -= 1
            if not self._held[message.destination]:
                del self._held[message.destination]
                self._turns.pop(message.destination, None)

    def _closed(self, message: Taken) -> Refusal | None:
        """Whether the provider asked to wait since this one was taken."""
        seconds = self._paces[message.destination].closed_for(time.monotonic())
        return Refusal(reason="waits as the provider asked", after=timedelta(seconds=seconds)) if seconds else None

    async def _refusal(self, message: Taken) -> Refusal | None:
        try:
            target = await retry_transient(lambda: self._subscriptions.target(message.recipient), self._outages)
        except CannotOpenError as error:
            return Refusal(reason=f"secret unusable: {error}")
        if target is None:
            return Refusal(reason="the subscription was disabled", final=True)
        return target if isinstance(target, Refusal) else await self._channels.deliver(target, message)

    async def _note(self, message: Taken, refusal: Refusal | None) -> None:
        if refusal is None:
            await self._book.sent(message)
            self._metrics.deliveries.labels(outcome="sent").inc()
            return
        if refusal.settled:
            await self._book.failed(message, refusal.reason, None)
            self._metrics.deliveries.labels(outcome="untold").inc()
            return
        outcome = await self._put_off(message, refusal)
        self._metrics.deliveries.labels(outcome=outcome).inc()
        _log.warning(
            "not delivered",
            outcome=outcome,
            message=str(message.message_id),
            case_id=str(message.fact.case_id),
            attempts=message.attempts,
            reason=refusal.reason,
        )

    async def _put_off(self, message: Taken, refusal: Refusal) -> str:
        """Note when it is tried again, if ever; a provider may close its whole destination."""
        if refusal.after is not None and refusal.holds == "destination":
            self._paces[message.destination].hold(time.monotonic() + refusal.after.total_seconds())
        if refusal.after is not None and message.postponed < POSTPONED_MAX:
            await self._book.postponed(message, refusal.reason, refusal.after * (1 + JITTER * self._chance()))
            return "postponed"
        pause = None if refusal.final else pause_after(message.attempts, self._chance())
        await self._book.failed(message, refusal.reason, pause)
        return "dead" if pause is None else "failed"

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS_MAX):
                await self._woken.wait()
        except TimeoutError:
            pass


class CourierToReporters(Courier):
    """The same for whoever reported: they are many, and each has a number of their own."""

    AT_ONCE: ClassVar[int] = 8

    def _show(self, known: Subscriptions) -> None:
        """Reporters subscribe to nothing."""
