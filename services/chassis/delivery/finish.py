"""Finishing a batch, the same for both pumps: bad data is put aside, outages waited out, anything else is raised."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog

from services.chassis.delivery.batch import (
    Batch,
    BatchHandler,
    CannotHandleError,
    Delivered,
    Message,
    natural_key_of,
)
from services.chassis.delivery.crashes import CRASHES_MAX, Crashes
from services.chassis.delivery.dead_letters import DeadLetterRate, DeadLetters, TooManyDeadLettersError
from services.chassis.metrics import DeliveryMetrics
from services.chassis.outages import Outages, is_bad_data, retry_transient
from services.contracts.codec import CannotDecodeError, decode

E = TypeVar("E")

SUSPECTS_SECONDS_MAX: Final = 5.0
"""How old the list of suspects may be: another instance's crash must be known soon after its partitions come here."""

_log = structlog.get_logger("whistle.delivery")


@dataclass(slots=True)
class Finishing:
    """Makes messages take effect through a handler. Returns when every one has, or is a dead letter; else raises.

    What it raises is for the pump's `die`: nothing of the batch may then be acknowledged.
    """

    dead_letters: DeadLetters
    crashes: Crashes
    outages: Outages
    metrics: DeliveryMetrics
    decode: Callable[[bytes | None, Any], Any] = decode
    rate: DeadLetterRate = field(default_factory=DeadLetterRate)
    in_hand: Sequence[Message] = ()
    """What a watchdog must blame when this process hangs."""
    _suspects: Mapping[str, int] = field(default_factory=dict)
    _suspects_at: float = float("-inf")

    async def finish(self, messages: Sequence[Message], event_type: type[E], handle: BatchHandler[E]) -> None:
        """Finish `messages`, in their order."""
        began = time.monotonic()
        self.in_hand = messages
        try:
            await self._finish(messages, event_type, handle, began)
        except (TooManyDeadLettersError, asyncio.CancelledError):
            raise  # no message's fault: counting it as a crash would dead-letter them all
        except BaseException as error:
            await self._blame(error)
            raise
        self.in_hand = ()
        self.metrics.batch_seconds.observe(time.monotonic() - began)
        self.metrics.batch_events.observe(len(messages))

    async def _finish(
        self, messages: Sequence[Message], event_type: type[E], handle: BatchHandler[E], began: float
    ) -> None:
        if began - self._suspects_at > SUSPECTS_SECONDS_MAX:
            await self._read_suspects(began)
        suspects = [m for m in messages if natural_key_of(m) in self._suspects] if self._suspects else []
        if not suspects:
            await self._handle(await self._decoded(messages, event_type), handle)
            return
        for message in messages:
            self.in_hand = (message,)
            await self._one_by_one(message, event_type, handle)

    async def _read_suspects(self, at: float) -> None:
        self._suspects = await retry_transient(self.crashes.suspects, self.outages)
        self._suspects_at = at
        self.metrics.suspects.set(len(self._suspects))

    async def _one_by_one(self, message: Message, event_type: type[E], handle: BatchHandler[E]) -> None:
        key = natural_key_of(message)
        crashes = self._suspects.get(key, 0)
        if crashes >= CRASHES_MAX:
            await self._bury(message, f"ended the process {crashes} times")
        else:
            await self._handle(await self._decoded((message,), event_type), handle)
        if crashes:
            await retry_transient(lambda: self.crashes.clear([key]), self.outages)

    async def _decoded(self, messages: Sequence[Message], event_type: type[E]) -> Batch[E]:
        delivered: list[Delivered[E]] = []
        for message in messages:
            try:
                delivered.append(Delivered(self.decode(message.value, event_type), message))
            except CannotDecodeError as error:
                await self._bury(message, str(error))
        return Batch(delivered)

    async def _handle(self, batch: Batch[E], handle: BatchHandler[E]) -> None:
        if not len(batch):
            return
        try:
            await retry_transient(lambda: handle(batch), self.outages)
        except Exception as error:
            if not isinstance(error, CannotHandleError) and not is_bad_data(error):
                raise
            await self._find_culprit(batch, handle, error)
        else:
            self.rate.handled(len(batch))

    async def _find_culprit(self, batch: Batch[E], handle: BatchHandler[E], error: Exception) -> None:
        if len(batch) == 1:
            await self._bury(batch.delivered[0].message, f"{type(error).__name__}: {error}")
            return
        self.metrics.bisections.inc()
        for half in batch.halves():
            await self._handle(half, handle)

    async def _bury(self, message: Message, reason: str) -> None:
        undecided = await retry_transient(lambda: self.dead_letters.put(message, reason), self.outages)
        self.metrics.dead_letters.inc()
        place = f"{message.topic}/{message.partition}/{message.offset}"
        _log.error("dead letter", message=natural_key_of(message), place=place, reason=reason[:300])
        if undecided:
            self.rate.dead()

    async def _blame(self, error: BaseException) -> None:
        keys = [natural_key_of(message) for message in self.in_hand]
        try:
            await self.crashes.note(keys, repr(error))
        except Exception as unwritten:  # noqa: BLE001 -- the process ends either way; the crash is only not counted
            _log.error("crash not counted", error=repr(unwritten)[:300])
