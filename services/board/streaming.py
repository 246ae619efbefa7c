"""One stream over HTTP: sends what the hub queues, asks again who watches, and never waits long for a slow reader."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.board.domain.viewing import Viewer
from services.board.feed import KEEP_ALIVE, Hub, Watching

KEEP_ALIVE_SECONDS: Final = 15.0
SEND_SECONDS_MAX: Final = 10.0

StillWatching = Callable[[Viewer], Awaitable[bool]]
"""Whether the person may still watch, and sees the same as when they came."""


class EventStream(Response):
    """The answer of the feed. Ends when the reader goes, is too slow, may no longer watch, or the hub closes."""

    media_type = "text/event-stream"

    def __init__(
        self,
        hub: Hub,
        watching: Watching,
        still_watching: StillWatching,
        *,
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
        send_seconds_max: float = SEND_SECONDS_MAX,
    ) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._hub = hub
        self._watching = watching
        self._still_watching = still_watching
        self._keep_alive_seconds = keep_alive_seconds
        self._send_seconds_max = send_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        writing = asyncio.create_task(self._write(send), name="stream")
        leaving = asyncio.create_task(_gone(receive), name="reader")
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(self._watching)
            for task in (writing, leaving):
                task.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        while (frames := await self._watching.next(self._keep_alive_seconds)) is not None:
            if not frames and not await self._still_watching(self._watching.viewer):
                break
            async with asyncio.timeout(self._send_seconds_max):
                await send({"type": "http.response.body", "body": frames or KEEP_ALIVE, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
