"""The network between the services and their servers, made bad on the wire of one server or of both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.ground import Ground
from tests.faults.schedule import Fault
from tests.faults.wires import FAIR, Weather, Wire


@asynccontextmanager
async def silence(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let nothing through, or only one way: `how.directions`."""
    directions = frozenset(fault.how.get("directions", ("up", "down")))
    async with _weather(ground, fault, Weather(silent=directions)):
        yield


@asynccontextmanager
async def resets(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Reset connections now and then, `how.share` of what passes."""
    async with _weather(ground, fault, Weather(reset_share=fault.how.get("share", 0.05))):
        yield


@asynccontextmanager
async def slow(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Delay, jitter, little bandwidth, resets: whatever `how` says."""
    bad = {"latency_seconds": 0.1, "jitter_seconds": 0.1, **fault.how}
    bad.pop("wire", None)
    async with _weather(ground, fault, Weather(**bad)):
        yield


@asynccontextmanager
async def lost_replies(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let the server do what it is asked, and lose its answer: nobody knows whether it committed."""
    async with _weather(ground, fault, Weather(lost_reply_share=fault.how.get("share", 0.1))):
        yield


@asynccontextmanager
async def cut_off(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Reset every connection at once, and each new one after a few bytes: `how.bytes`."""
    for wire in _wires(ground, fault):
        wire.cut(fault.whom or "*")
    async with _weather(ground, fault, Weather(cut_after_bytes=fault.how.get("bytes", 2_000))):
        yield


@asynccontextmanager
async def half_close(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Tell the server that nothing more comes, while the service still talks."""
    async with _weather(ground, fault, Weather(half_closed=True)):
        yield


@asynccontextmanager
async def _weather(ground: Ground, fault: Fault, weather: Weather) -> AsyncIterator[None]:
    wires = _wires(ground, fault)
    ground.seen.setdefault("cuts", sum(wire.cuts for wire in ground.wires.values()))
    for wire in wires:
        wire.let(fault.whom or "*", weather)
    try:
        yield
    finally:
        for wire in wires:
            wire.let(fault.whom or "*", FAIR)


def _wires(ground: Ground, fault: Fault) -> list[Wire]:
    named = fault.how.get("wire")
    return [ground.wires[named]] if named else list(ground.wires.values())
