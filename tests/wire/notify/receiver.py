"""A webhook receiver on the loopback: remembers what came, answers as told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Received:
    headers: dict[str, str]
    body: str
    target: str = "/"


@dataclass
class Receiver:
    """Speaks just enough HTTP/1.1, so that it can also speak it badly."""

    port: int = 0
    answer: Callable[[int], bytes] = lambda _: b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    """What is answered to the n-th request, counted from 1; empty: nothing, ever."""
    received: list[Received] = field(default_factory=list)
    at_once: int = 0
    at_once_max: int = 0
    hold: asyncio.Event | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            # Names in lower case, values as they came: a signature is base64.
            headers = {name: _value(head, name) for name in headers}
            body = (await reader.readexactly(int(headers["content-length"]))).decode()
            self.received.append(Received(headers, body, head.split(" ", 2)[1]))
            if self.hold is not None:
                await self.hold.wait()
            writer.write(self.answer(len(self.received)))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


def _value(head: str, name: str) -> str:
    line = next(line for line in head.split("\r\n")[1:] if line.lower().startswith(f"{name}: "))
    return line.split(": ", 1)[1]


def answering(status: int, extra: str = "", body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
