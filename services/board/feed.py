"""The hub of the live feed: every viewer has a short queue; who does not keep up is let go and begins again."""

import asyncio
from collections import Counter as Tally
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from services.board.domain.movement import Movement, delta_of
from services.board.domain.viewing import Scope, Viewer
from services.board.metrics import BoardMetrics

VIEWERS_MAX: Final = 500
OF_ONE_PERSON_MAX: Final = 5
FRAMES_MAX: Final = 1_000
"""Two batches of facts: a batch is shown at once, before any reader can take a frame. Viewers share the bytes."""
RECENT_MAX: Final = 200
RETRY_MILLISECONDS: Final = 2_000


class HubFullError(RuntimeError):
    """As many viewers as this process serves, or it is closing."""


class TooManyOfPersonError(RuntimeError):
    """One person watches in as many windows as is allowed."""


def frame(event: str, value: Any) -> bytes:
    """Return one server-sent event. JSON has no line breaks, so no text can begin a field of its own (security 50)."""
    return b"event: %b\ndata: %b\n\n" % (event.encode(), msgspec.json.encode(value))


HELLO: Final = b"retry: %d\n" % RETRY_MILLISECONDS + frame("hello", {})
KEEP_ALIVE: Final = b": \n\n"
RESYNC: Final = frame("resync", {"reason": "too slow"})
BYE: Final = frame("bye", {})


class Watching:
    """One open stream: frames that wait to be sent, and its end."""

    __slots__ = ("_ready", "ended", "frames", "viewer")

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.frames: deque[bytes] = deque([HELLO])
        self.ended = False
        self._ready = asyncio.Event()
        self._ready.set()

    def put(self, frame: bytes) -> bool:
        """Queue a frame. False when the queue is full: the stream then ends with `resync`."""
        if len(self.frames) >= FRAMES_MAX:
            self.end(RESYNC)
            return False
        self.frames.append(frame)
        self._ready.set()
        return True

    def end(self, last: bytes) -> None:
        """Drop what waits, send `last`, and end."""
        if not self.ended:
            self.frames.clear()
            self.frames.append(last)
            self.ended = True
            self._ready.set()

    async def next(self, seconds: float) -> bytes | None:
        """Return what waits, all at once; empty after `seconds` without anything; None at the end."""
        if not self.frames and not self.ended:
            self._ready.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._ready.wait()
            except TimeoutError:
                return b""
        if not self.frames:
            return None
        frames = b"".join(self.frames)
        self.frames.clear()
        return frames


class Hub:
    """All streams of this process. Deltas are written once per fact and judged once per scope, not once per viewer."""

    def __init__(self, metrics: BoardMetrics) -> None:
        self._metrics = metrics
        self._watching: dict[Scope, set[Watching]] = {}
        self._of_person: Tally[Any] = Tally()
        self.recent: deque[bytes | None] = deque(maxlen=RECENT_MAX)
        """The last facts as they came, for who opens the board; read only when somebody asks."""
        self.closed = False

    @property
    def viewers(self) -> int:
        return sum(len(group) for group in self._watching.values())

    def join(self, viewer: Viewer) -> Watching:
        """Open a stream; from here on no delta is missed.

        Raises:
            TooManyOfPersonError, HubFullError: at the limits.
        """
        if self._of_person[viewer.person_id] >= OF_ONE_PERSON_MAX:
            raise TooManyOfPersonError(f"at most {OF_ONE_PERSON_MAX} streams for one person")
        if self.closed or self.viewers >= VIEWERS_MAX:
            raise HubFullError(f"at most {VIEWERS_MAX} streams")
        watching = Watching(viewer)
        self._watching.setdefault(viewer.scope, set()).add(watching)
        self._of_person[viewer.person_id] += 1
        self._metrics.viewers.set(self.viewers)
        return watching

    def leave(self, watching: Watching) -> None:
        """Forget a stream; harmless when it is forgotten already."""
        group = self._watching.get(watching.viewer.scope, set())
        if watching not in group:
            return
        group.discard(watching)
        if not group:
            del self._watching[watching.viewer.scope]
        self._of_person[watching.viewer.person_id] -= 1
        if not self._of_person[watching.viewer.person_id]:
            del self._of_person[watching.viewer.person_id]
        self._metrics.viewers.set(self.viewers)

    def show(self, movements: Iterable[Movement]) -> None:
        """Send facts to whoever may see them."""
        for movement in movements:
            seeing = [
                group
                for scope, group in self._watching.items()
                if scope.sees(movement.lane, movement.units, movement.barred_units)
            ]
            if seeing:
                self._send(frame("case", delta_of(movement)), seeing)

    def _send(self, delta: bytes, groups: Iterable[set[Watching]]) -> None:
        for group in groups:
            for watching in list(group):
                if watching.put(delta):
                    self._metrics.deltas.inc()
                else:
                    self._metrics.dropped.inc()
                    self.leave(watching)

    async def close(self) -> None:
        """Say goodbye to everybody; no more streams are opened."""
        self.closed = True
        for watching in [one for group in self._watching.values() for one in group]:
            watching.end(BYE)
            self.leave(watching)
