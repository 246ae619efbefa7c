"""A viewer of the board: reads the live feed and notes when each case was first shown."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

HELLO_SECONDS_MAX: Final = 10.0
DATA: Final = b"data: "
CASE: Final = b"event: case"


class Delta(msgspec.Struct):
    """Of what a viewer is sent, the case it is about."""

    case_id: str


@dataclass(slots=True)
class Shown:
    """When each case was first shown, by `time.perf_counter`; `resynced` counts how often the viewer was too slow."""

    at: dict[str, float] = field(default_factory=dict)
    resynced: int = 0
    hello: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def watching(url: str, token: str) -> AsyncIterator[Shown]:
    """Open the feed of the board at `url`; give what is shown while the block runs.

    Raises:
        TimeoutError: the board does not say hello.
    """
    shown = Shown()
    watching_on = asyncio.create_task(_watch(url, token, shown))
    try:
        await asyncio.wait_for(shown.hello.wait(), HELLO_SECONDS_MAX)
        yield shown
    finally:
        watching_on.cancel()
        with suppress(asyncio.CancelledError):
            await watching_on


async def _watch(url: str, token: str, shown: Shown) -> None:
    """Read the feed; whoever is let go opens it again, as a page does."""
    target = urlsplit(url)
    head = f"GET /api/v1/board/feed HTTP/1.1\r\nHost: {target.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    while True:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        try:
            writer.write(head.encode())
            await _read(reader, shown)
        finally:
            writer.close()
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader, shown: Shown) -> None:
    event, decode = b"", msgspec.json.Decoder(Delta).decode
    # Lines between chunks, too: their sizes are no line of an event.
    async for raw in reader:
        line = raw.strip()
        if line.startswith(b"event: "):
            event = line
            shown.resynced += line == b"event: resync"
            if line == b"event: hello":
                shown.hello.set()
        elif line.startswith(DATA) and event == CASE:
            shown.at.setdefault(decode(line[len(DATA) :]).case_id, time.perf_counter())
