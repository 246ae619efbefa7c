"""The rounds: ask the broker, see which gates are open, compare, send again what was lost."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from aiokafka.errors import IllegalArgumentError, KafkaError

from services.chassis.clock import now
from services.chassis.outages import Outages, is_transient
from services.chassis.postgres import Pool
from services.reconciler.broker import Broker
from services.reconciler.domain.gate import BrokerView, Gate
from services.reconciler.handlers import Comparison
from services.reconciler.ports import Hop
from services.reconciler.store import LOCK, UNLOCK, Comparing

_log = structlog.get_logger("whistle.reconciler")


class Rounds:
    """Compares every hop again and again, in real time. Several instances take turns by an advisory lock."""

    def __init__(
        self,
        pool: Pool,
        broker: Broker,
        hops: Sequence[Hop],
        comparison: Comparison,
        outages: Outages,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._broker = broker
        self._hops = hops
        self._comparison = comparison
        self._settings = comparison.settings
        self._metrics = comparison.metrics
        self._outages = outages
        self._clock = clock
        self._gates: dict[str, Gate] = {}
        self._instants: deque[tuple[float, datetime]] = deque(maxlen=1_000)
        """When it was which instant by the city's clock, which may stand, run or jump."""
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        """Return from `run` after the round in hand."""
        self._stopping.set()

    async def run(self) -> None:
        """Make rounds until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.tick()
                self._outages.end("postgres")
            except Exception as error:
                if not is_transient(error):
                    raise
                self._outages.begin("postgres")
                _log.info("round given up", error=repr(error)[:300])
            try:
                async with asyncio.timeout(self._settings.tick_seconds):
                    await self._stopping.wait()
            except TimeoutError:
                pass

    async def tick(self) -> None:
        """Make one round, unless another instance is making one."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(LOCK):
                return
            try:
                comparing = Comparing(connection)
                # The order matters: what is pending, then what is committed, then where topics end (see `Gate`).
                pending = await comparing.first_pending()
                self._instants.append((self._clock(), await now(connection)))
                view = await self._view()
                if view is not None:
                    for hop in self._hops:
                        await self._look(comparing, hop, pending[hop.room], view)
            finally:
                await connection.fetchval(UNLOCK)

    async def _view(self) -> BrokerView | None:
        try:
            created = await self._broker.create_missing()
            if created:
                self._metrics.topics_created.inc(len(created))
                _log.error("topics were missing and were made anew", topics=list(created))
            groups = sorted({leg.group for hop in self._hops for leg in hop.path})
            view = await self._broker.view(groups)
        except IllegalArgumentError:
            raise  # asked wrongly: waiting would not help
        except (KafkaError, OSError, TimeoutError) as error:
            self._outages.begin("kafka")
            _log.info("the broker does not answer", error=repr(error)[:300])
            await self._broker.close()
            return None
        self._outages.end("kafka")
        return view

    async def _look(self, comparing: Comparing, hop: Hop, pending_first: int | None, view: BrokerView) -> None:
        gate = self._gates.get(hop.name)
        if gate is None:
            gate = self._gates[hop.name] = await self._begin(comparing, hop)
        at = self._clock()
        self._metrics.gate_seconds.labels(hop=hop.name).set(at - gate.began_at)
        if gate.look(at, self._settings.leeway_seconds, pending_first, view):
            await self._comparison.make(comparing, hop, gate)
            del self._gates[hop.name]

    async def _begin(self, comparing: Comparing, hop: Hop) -> Gate:
        at = self._clock()
        horizon, pending_last = await comparing.begin(hop.room)
        # What was stamped before this instant has long been committed: the comparison after this one begins there.
        old = [instant for noted_at, instant in self._instants if noted_at <= at - self._settings.leeway_seconds]
        return Gate(hop.path, horizon, at, pending_last, old[-1] if old else None)
