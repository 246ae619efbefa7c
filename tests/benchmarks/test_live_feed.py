"""The benchmark's viewer of the live feed notes when a case was first shown."""

import asyncio

from tests.benchmarks.load.live_feed import watching
from tests.waiting import eventually

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
HELLO = b"retry: 2000\nevent: hello\ndata: {}\n\n"


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def delta(case_id: str, version: int) -> bytes:
    return b'event: case\ndata: {"case_id":"%b","version":%d}\n\n' % (case_id.encode(), version)


async def test_a_case_counts_when_it_is_first_shown() -> None:
    first_shown, left = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + chunk(HELLO) + chunk(delta("a", 1)))
        await first_shown.wait()
        writer.write(chunk(delta("a", 2) + delta("b", 1)))
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with watching(f"http://127.0.0.1:{port}", "token") as shown:
            await eventually(lambda: "a" in shown.at, within_seconds=30)
            at = shown.at["a"]
            first_shown.set()
            await eventually(lambda: "b" in shown.at, within_seconds=30)
        await asyncio.wait_for(left.wait(), 30)

    assert shown.at["a"] == at < shown.at["b"]
