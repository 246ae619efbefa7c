"""The proxy itself: what it is told to do to a connection, a client sees."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.demo.draws import Draws
from deploy.embedded.ports import LOOPBACK, free_ports
from tests.faults.wires import Line, Weather, Wire

End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def heard() -> AsyncIterator[tuple[int, bytearray]]:
    """A server that answers what it hears, and what it has heard."""
    told = bytearray()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1_000):
            told.extend(chunk)
            writer.write(chunk)
        writer.close()

    (port,) = free_ports(1)
    async with await asyncio.start_server(answer, LOOPBACK, port):
        yield port, told


@pytest.fixture
def wire(heard: tuple[int, bytearray]) -> Iterator[Wire]:
    (port,) = free_ports(1)
    with Wire(port=port, target=heard[0], owner_of=lambda _: "router", draws=Draws(1)) as wire:
        yield wire


async def _ask(wire: Wire, text: bytes = b"hello") -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, wire.port)
    try:
        writer.write(text)
        async with asyncio.timeout(60):
            return await reader.readexactly(len(text))
    finally:
        writer.close()


async def test_in_fair_weather_everything_comes_through(wire: Wire) -> None:
    assert await _ask(wire) == b"hello"


async def test_bad_weather_for_others_is_not_ours(wire: Wire) -> None:
    wire.let("ledger", Weather(reset_share=1.0))

    assert await _ask(wire) == b"hello"


async def test_whose_own_weather_has_cleared_has_that_of_all(wire: Wire) -> None:
    wire.let("router", Weather(reset_share=1.0))
    wire.let("router")
    wire.let("*", Weather(reset_share=1.0))

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await _ask(wire)


async def test_a_silent_line_loses_nothing_and_speaks_when_the_weather_clears(
    wire: Wire, heard: tuple[int, bytearray]
) -> None:
    wire.let("router", Weather(silent=frozenset({"down"})))
    asking = asyncio.create_task(_ask(wire))
    await asyncio.wait([asking], timeout=0.3)
    assert not asking.done()
    wire.let("router")

    assert await asking == b"hello"
    assert heard[1] == b"hello"


async def test_a_lost_reply_was_heard_by_the_server(wire: Wire, heard: tuple[int, bytearray]) -> None:
    wire.let("router", Weather(lost_reply_share=1.0))

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await _ask(wire)
    assert heard[1] == b"hello"


@pytest.mark.parametrize("weather", [Weather(reset_share=1.0), Weather(cut_after_bytes=3)])
async def test_a_reset_breaks_the_connection(wire: Wire, weather: Weather) -> None:
    wire.let("*", weather)

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await _ask(wire)


async def test_a_slow_line_takes_its_time(wire: Wire) -> None:
    wire.let("router", Weather(bytes_per_second=1_000, latency_seconds=0.05))
    began = time.monotonic()

    assert await _ask(wire, b"x" * 100) == b"x" * 100
    assert time.monotonic() - began >= 0.3


async def test_cutting_ends_the_connections_of_one_service(wire: Wire) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, wire.port)
    writer.write(b"x")
    await reader.readexactly(1)
    wire.cut("router")

    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()


async def test_a_server_that_resets_is_heard_of() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        Line("server", (writer,)).reset()

    port, target = free_ports(2)
    async with await asyncio.start_server(reset, LOOPBACK, target):
        with (
            Wire(port=port, target=target, owner_of=lambda _: "", draws=Draws(1)) as wire,
            pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)),
        ):
            await _ask(wire)
