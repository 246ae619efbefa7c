"""One service's door over kept HTTP connections: few calls at a time, each repeated until the door answers."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from deploy.demo.city.doors import RefusedError

AT_ONCE_MAX: Final = 16
ANSWER_SECONDS_MAX: Final = 30.0
CLOSED_SECONDS_MAX: Final = 120.0
"""A killed service is back long before."""
AGAIN_SECONDS: Final = 0.1
NOT_NOW: Final = frozenset({429, 503})
"""Said by a door that is busy or has just come back."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Door:
    """Every call carries an idempotency key, so that a repeat after a lost answer does nothing twice."""

    url: str
    _free: list[Connection] = field(default_factory=list)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and body of the first answer that is one.

        Raises:
            RefusedError: the door stays closed.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        deadline = time.monotonic() + CLOSED_SECONDS_MAX
        async with self._gate:
            while time.monotonic() < deadline:
                answer = await self._once(head.encode() + body)
                if answer is not None and answer[0] not in NOT_NOW:
                    return answer
                await asyncio.sleep(AGAIN_SECONDS)
        raise RefusedError(503, f"no answer at {path} within {CLOSED_SECONDS_MAX:g} s")

    async def _once(self, request: bytes) -> tuple[int, bytes] | None:
        writer = None
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                reader, writer = self._free.pop() if self._free else await self._connected()
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                body = await reader.readexactly(int(head.partition("content-length:")[2].partition("\r")[0]))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            if writer is not None:
                writer.close()
            return None
        self._free.append((reader, writer))
        return int(head.split(" ", 2)[1]), body

    async def _connected(self) -> Connection:
        address = urlsplit(self.url)
        return await asyncio.open_connection(address.hostname, address.port)

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self._free:
            writer.close()
        self._free.clear()
