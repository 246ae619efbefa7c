"""A TCP proxy between the services and a server, where the weather of each service's connections can be made bad."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from deploy.demo.draws import Draws
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.waiting import comes_true

Direction = Literal["up", "down"]
"""Up: from the service to the server."""
CHUNK_BYTES: Final = 65_536
LOOK_SECONDS: Final = 0.02
STOP_SECONDS: Final = 10.0
RESET: Final = struct.pack("ii", 1, 0)
ALL: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How connections fare; without any argument: well."""

    latency_seconds: float = 0.0
    jitter_seconds: float = 0.0
    bytes_per_second: float = 0.0
    """Bandwidth of each connection and direction; 0: unlimited."""
    chunk_bytes: int = CHUNK_BYTES
    """Small: everything drips."""
    reset_share: float = 0.0
    """Share of the chunks at which both ends see a reset instead."""
    lost_reply_share: float = 0.0
    """Share of the server's chunks that are forgotten before both ends see a reset: done, but nobody hears of it."""
    silent: frozenset[Direction] = frozenset()
    """Directions in which nothing comes through; what was sent comes later, as after a partition."""
    cut_after_bytes: int = 0
    """Both ends see a reset after so many bytes; 0: never."""
    half_closed: bool = False
    """The server is told at once that nothing more will come, the service is not."""


FAIR: Final = Weather()


@dataclass(slots=True, eq=False)
class Line:
    """One connection of a service, and its two ends."""

    owner: str
    ends: tuple[asyncio.StreamWriter, ...]
    carried: int = 0

    def reset(self) -> None:
        """Let both ends see a reset."""
        for end in self.ends:
            with suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            end.transport.abort()


@dataclass(slots=True)
class Wire:
    """Listens at one port and forwards to another, on a thread of its own, while used as a context manager."""

    port: int
    target: int
    owner_of: Callable[[int], str]
    """Says which service a connection from this local port belongs to; empty: none."""
    draws: Draws
    cuts: int = 0
    """Connections that were reset so far."""
    _weather: dict[str, Weather] = field(default_factory=dict)
    _lines: set[Line] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _ready: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name=f"wire-{self.port}", daemon=True)
        self._thread.start()
        if not self._ready.wait(STOP_SECONDS):
            raise RuntimeError(f"nothing listens at {self.port}")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def let(self, owner: str, weather: Weather = FAIR) -> None:
        """Make the weather of one service's connections, or of all (`*`); fair: it has none of its own."""
        if weather == FAIR:
            self._weather.pop(owner, None)
        else:
            self._weather[owner] = weather

    def cut(self, owner: str = ALL) -> None:
        """Reset every connection of a service, or of all, now."""
        self._loop.call_soon_threadsafe(self._cut, owner)

    def lines(self, owner: str = ALL) -> int:
        """Return how many connections are open."""
        return sum(owner in {ALL, line.owner} for line in list(self._lines))

    def _cut(self, owner: str) -> None:
        for line in [line for line in self._lines if owner in {ALL, line.owner}]:
            line.reset()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, LOOPBACK, self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._cut(ALL)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()

    def _of(self, owner: str) -> Weather:
        return self._weather.get(owner) or self._weather.get(ALL) or FAIR

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        owner = self.owner_of(writer.get_extra_info("peername")[1])
        await comes_true(lambda: not self._of(owner).silent, tick_seconds=LOOK_SECONDS)
        try:
            there, here = await asyncio.open_connection(LOOPBACK, self.target)
        except OSError:
            Line(owner, (writer,)).reset()
            return
        line = Line(owner, (writer, here))
        self._lines.add(line)
        try:
            await asyncio.gather(self._pump(line, "up", reader, here), self._pump(line, "down", there, writer))
        finally:
            self._lines.discard(line)
            for end in line.ends:
                end.close()

    async def _pump(
        self, line: Line, direction: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while chunk := await reader.read(self._of(line.owner).chunk_bytes):
                if not await self._carry(line, direction, chunk, writer):
                    return
            writer.write_eof()
        except OSError:  # one end was reset: the other must hear of it, or it would wait for ever
            line.reset()

    async def _carry(self, line: Line, direction: Direction, chunk: bytes, writer: asyncio.StreamWriter) -> bool:
        """Pass a chunk on as the weather allows; False when the line is cut."""
        weather = self._of(line.owner)
        await self._delay(weather, len(chunk))
        await comes_true(lambda: direction not in self._of(line.owner).silent, tick_seconds=LOOK_SECONDS)
        line.carried += len(chunk)
        if self._is_cut(line, direction, weather):
            self.cuts += 1
            line.reset()
            return False
        writer.write(chunk)
        await writer.drain()
        if weather.half_closed and direction == "up":
            writer.write_eof()
            return False
        return True

    async def _delay(self, weather: Weather, count: int) -> None:
        seconds = weather.latency_seconds + weather.jitter_seconds * self.draws.share()
        if weather.bytes_per_second:
            seconds += count / weather.bytes_per_second
        if seconds:
            await asyncio.sleep(seconds)

    def _is_cut(self, line: Line, direction: Direction, weather: Weather) -> bool:
        lost = weather.lost_reply_share if direction == "down" else 0.0
        share = max(weather.reset_share, lost)
        return (share > 0 and self.draws.chance(share)) or 0 < weather.cut_after_bytes <= line.carried
