"""The Faust pump: one agent's stream in batches, crash-only, because Faust acknowledges also what has failed."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeVar

import structlog
from aiokafka.errors import KafkaError

from services.chassis.delivery.batch import BatchHandler, Message
from services.chassis.delivery.faust_app import CrashOnlyStream, assert_nothing_else_is_on
from services.chassis.delivery.faust_lean import make_lean, stop_statistics
from services.chassis.delivery.faust_places import FaustPlaces
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.offsets import Ends, watch_ends
from services.chassis.delivery.watchdog import Pulse
from services.chassis.failures import Die, die
from services.chassis.metrics import Progress
from services.chassis.outages import retry_transient
from services.chassis.settings import KafkaSettings

E = TypeVar("E")

HAND_OVER_SECONDS_MAX: Final = 20.0
COMMIT_SECONDS_MAX: Final = 5.0
LOOK_SECONDS: Final = 0.5

_log = structlog.get_logger("whistle.pump")


class Taking(NamedTuple):
    """How large a batch may grow, and for how long it may be waited for."""

    events_max: int = 500
    seconds: float = 0.02


class FaustPump:
    """Feeds agents' streams to handlers; `work` runs the app they belong to.

    A process that stops leaves the app as it is: nothing of it can acknowledge any more, the rest dies with it.
    """

    def __init__(
        self,
        app: Any,
        settings: KafkaSettings,
        finishing: Finishing,
        progress: Progress,
        *,
        taking: Taking = Taking(),  # noqa: B008 -- immutable
        end: Die = die,
    ) -> None:
        self._app = app
        self._settings = settings
        self._finishing = finishing
        self._progress = progress
        self._taking = taking
        self._end = end
        self.membership = Pulse()
        """Ticks while no rebalance is under way; the watchdog ends a process whose rebalance never ends."""
        self._stopping = asyncio.Event()
        self._working = asyncio.Lock()
        self._streams: list[CrashOnlyStream] = []

    async def run(self, stream: Any, event_type: type[E], handle: BatchHandler[E]) -> None:
        """Feed `stream` to `handle` in batches. Never raises: whatever is unexpected ends the process.

        Faust acknowledges a batch when the loop asks for the next one, and also when the loop raises; so nothing may
        leave this body but the process itself.
        """
        self._streams.append(stream)
        async for taken in stream.take_events(self._taking.events_max, within=self._taking.seconds):
            try:
                async with self._working:
                    await self._finish(stream, taken, event_type, handle)
            except BaseException as error:  # noqa: BLE001 -- also CancelledError: leaving would acknowledge
                self._end(error)

    async def _finish(self, stream: Any, taken: Sequence[Any], event_type: type[E], handle: BatchHandler[E]) -> None:
        if self._stopping.is_set():
            stream.seal()
            return
        messages: list[Message] = [event.message for event in taken]
        await self._finishing.finish(messages, event_type, handle)
        for (topic, partition), following in _following(messages).items():
            self._progress.processed(topic, partition, following)
        if self._stopping.is_set():
            for event in taken:
                await stream.ack(event)
            stream.seal()

    async def work(self) -> None:
        """Run the app until `stop`; waits for the broker and for the topics before it starts."""
        assert_nothing_else_is_on(self._app)
        topics = sorted(str(agent.channel.get_topic_name()) for agent in self._app.agents.values())
        membership = asyncio.create_task(self.keep_membership(), name="membership")
        places = FaustPlaces(self._app, self._settings, topics)
        outages = self._finishing.outages
        await retry_transient(places.start, outages, name="kafka")
        ends = Ends(places, self._progress, outages)
        self._app.finalize()
        make_lean(self._app)
        await self._app.start()
        stop_statistics(self._app)
        watching = asyncio.create_task(watch_ends(ends, self._end), name="ends")
        crashed = asyncio.create_task(self._crashed(), name="crashed")
        try:
            await self._stopping.wait()
        finally:
            for task in (membership, watching, crashed):
                task.cancel()
            await places.stop()

    async def ready(self) -> str | None:
        """Readiness: the app has its partitions."""
        if self._app.rebalancing:
            return "rebalancing"
        return None if self._app.consumer is not None and self._app.consumer.assignment() else "no partitions assigned"

    async def stop(self) -> None:
        """Finish and commit the batch in hand; after that nothing is acknowledged any more."""
        self._stopping.set()
        try:
            async with asyncio.timeout(HAND_OVER_SECONDS_MAX), self._working:
                for stream in self._streams:
                    stream.seal()
            if self._app.consumer is not None:
                async with asyncio.timeout(COMMIT_SECONDS_MAX):
                    # While a commit is under way, Faust's `commit` only waits for it: it knows nothing of this batch.
                    await self._app.consumer.commit()
                    await self._app.consumer.commit()
        except (TimeoutError, KafkaError, OSError) as error:
            _log.warning("stopped without a last commit; the batch will come again", error=repr(error)[:200])

    async def keep_membership(self) -> None:
        """Note, again and again, that no rebalance is under way.

        Seen on a machine at eight times its load, after the broker was killed: Faust stayed in one for good. Without
        partitions there is no lag, so nothing else would notice that reports wait.
        """
        while True:
            if not self._app.rebalancing:
                self.membership.tick()
            await asyncio.sleep(LOOK_SECONDS)

    async def _crashed(self) -> None:
        """Faust ends a crashed app as quietly as a stopped one; here it ends the process."""
        while True:
            if self._app.crashed or self._app.should_stop:
                self._end(self._app.crash_reason or RuntimeError("Faust stopped by itself"))
            self._tick_when_idle()
            await asyncio.sleep(LOOK_SECONDS)

    def _tick_when_idle(self) -> None:
        if not self._finishing.in_hand and self._progress.lag == 0:
            self._progress.tick()


def _following(messages: Sequence[Message]) -> dict[tuple[str, int], int]:
    return {(message.topic, message.partition): message.offset + 1 for message in messages}
