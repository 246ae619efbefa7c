"""The relay: reads what is pending, sends it, deletes it. One per service holds the lock; overlap is harmless."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.delivery.producer import Outgoing, Producer, RefusedError
from services.chassis.delivery.resting import rest_after
from services.chassis.delivery.watchdog import Pulse
from services.chassis.metrics import BATCH_SECONDS, NAMESPACE, counted
from services.chassis.outages import Outages, retry_transient

IDLE_SECONDS_MIN: Final = 0.025
IDLE_SECONDS_MAX: Final = 0.25
BATCH_MAX: Final = 500
SMALL_BATCH: Final = 100
REST_SECONDS: Final = 0.02
"""At least, after a small batch: what is written meanwhile is sent together, also when somebody wakes the relay."""
HELD_MAX: Final = 10_000
"""Rows held back behind one that cannot be sent; above it the relay stops reading and stays unready."""

_log = structlog.get_logger("whistle.relay")


class Source(Protocol):
    """The pending table of one service."""

    async def read(self, limit: int, held: Sequence[int]) -> Sequence[Outgoing]:
        """Return the oldest pending records without those in `held`; nothing while another relay has the lock."""
        ...

    async def forget(self, seqs: Sequence[int]) -> None:
        """Delete what was sent."""
        ...


@dataclass(frozen=True, slots=True)
class RelayMetrics:
    """What the relay did; observed once per batch."""

    sent: Counter
    batch_seconds: Histogram
    held: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry, service: str) -> Self:
        prefix = f"{NAMESPACE}_{service}_relay"
        return cls(
            Counter(f"{prefix}_sent_total", "Records confirmed by the broker.", registry=registry),
            Histogram(
                f"{prefix}_batch_seconds",
                "Time to read, send and delete one batch.",
                buckets=BATCH_SECONDS,
                registry=registry,
            ),
            Gauge(f"{prefix}_held_rows", "Rows that cannot be sent, and rows behind them.", registry=registry),
        )


class Relay:
    """Sends pending records until it is stopped. A record that cannot be sent holds back its own key only."""

    def __init__(
        self, source: Source, producer: Producer, outages: Outages, metrics: RelayMetrics, pulse: Pulse
    ) -> None:
        self._source = source
        self._producer = producer
        self._outages = outages
        self._metrics = metrics
        self._pulse = pulse
        self._held: dict[int, bytes] = {}
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Say that something was committed: the next read happens at once, not after the pause."""
        self._woken.set()

    def sent_so_far(self) -> float:
        """Return how many records this process has sent."""
        return counted(self._metrics.sent)

    async def stop(self) -> None:
        """Return from `run` after the batch in hand."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Relay until `stop`."""
        pause = IDLE_SECONDS_MIN
        while not self._stopping:
            self._woken.clear()
            began = time.monotonic()
            sent = await self.relay_once()
            self._pulse.tick()
            if sent:
                pause = IDLE_SECONDS_MIN
                if sent < SMALL_BATCH:
                    await asyncio.sleep(rest_after(time.monotonic() - began, REST_SECONDS))
                continue
            await self._rest(pause)
            pause = min(pause * 1.5, IDLE_SECONDS_MAX)

    async def relay_once(self) -> int:
        """Read, send and delete one batch; return how many records the broker confirmed."""
        began = time.monotonic()
        records = await retry_transient(self._read, self._outages, name="postgres")
        free = self._without_held_keys(records) if self._held else records
        if not free:
            return 0
        sent = await self._send(free)
        if sent:
            seqs = [record.seq for record in sent]
            await retry_transient(lambda: self._source.forget(seqs), self._outages, name="postgres")
            self._metrics.sent.inc(len(sent))
            self._metrics.batch_seconds.observe(time.monotonic() - began)
        return len(sent)

    async def _read(self) -> Sequence[Outgoing]:
        return await self._source.read(BATCH_MAX, list(self._held)) if len(self._held) < HELD_MAX else ()

    async def _send(self, records: Sequence[Outgoing]) -> Sequence[Outgoing]:
        try:
            await retry_transient(lambda: self._producer.send_all(records), self._outages, name="kafka")
        except RefusedError as error:
            self._hold(error.refused)
            _log.error("records cannot be sent", seqs=[record.seq for record in error.refused][:20], reason=str(error))
            # What lies behind a refused record of its key was sent out of order; readers go by version, so it may go.
            refused = {record.seq for record in error.refused}
            return [record for record in records if record.seq not in refused]
        return records

    def _without_held_keys(self, records: Sequence[Outgoing]) -> Sequence[Outgoing]:
        keys = set(self._held.values())
        self._hold([record for record in records if record.key in keys])
        return [record for record in records if record.key not in keys]

    def _hold(self, records: Sequence[Outgoing]) -> None:
        self._held.update((record.seq, record.key) for record in records)
        self._metrics.held.set(len(self._held))

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
