"""An open loop: one report every so often, whether or not the last was answered; slow answers cannot hide others."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tests.benchmarks.load.bodies import UNIQUE

ANSWER_SECONDS_MAX: Final = 30.0
_serial: Final = itertools.count(1)


@dataclass(slots=True)
class Sent:
    """What became of the reports of one stretch."""

    answer_seconds: list[float] = field(default_factory=list)
    """Measured from the moment each was due to be sent."""
    case_ids: list[str] = field(default_factory=list)
    due: dict[str, float] = field(default_factory=dict)
    """By case: when its report was due to be sent, by `time.perf_counter`."""
    refused: list[int] = field(default_factory=list)
    """Statuses other than 201; 0 where there was no answer."""


@dataclass(slots=True)
class Connections:
    """Kept-alive connections; as many as answers are outstanding."""

    host: str
    port: int
    free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; return status and body."""
        reader, writer = self.free.pop() if self.free else await asyncio.open_connection(self.host, self.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r")[0] or 0)
        body = await reader.readexactly(length)
        self.free.append((reader, writer))
        return int(head.split(" ", 2)[1]), body

    def close(self) -> None:
        for _, writer in self.free:
            writer.close()


async def send_steadily(url: str, bodies: Sequence[str], *, per_second: float, seconds: float) -> Sent:
    """Send `per_second` reports for `seconds`; return when all are answered."""
    target = urlsplit(url)
    connections = Connections(target.hostname or "127.0.0.1", target.port or 80)
    sent, began = Sent(), time.perf_counter()
    tasks = []
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(due - time.perf_counter(), 0.0))
        tasks.append(asyncio.create_task(_send(connections, bodies, due, sent)))
    await asyncio.gather(*tasks)
    connections.close()
    return sent


async def _send(connections: Connections, bodies: Sequence[str], due: float, sent: Sent) -> None:
    serial = next(_serial)
    letters = "".join(chr(97 + int(digit)) for digit in str(serial))
    body = bodies[serial % len(bodies)].replace(UNIQUE, letters).encode()
    head = (
        "POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: open-{time.monotonic_ns()}-{serial}\r\n"
        f"X-Forwarded-For: 10.{serial % 200 + 1}.{serial // 200 % 200}.9\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            status, answer = await connections.ask(head.encode() + body)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        status, answer = 0, b""
    if status == 201:
        sent.answer_seconds.append(time.perf_counter() - due)
        case_id = msgspec.json.decode(answer)["report_id"]
        sent.case_ids.append(case_id)
        sent.due[case_id] = due
    else:
        sent.refused.append(status)
