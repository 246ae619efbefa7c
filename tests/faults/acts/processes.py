"""Processes: killed, paused, stopped, replaced one by one, doubled."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from tests.faults.ground import Ground
from tests.faults.schedule import Fault

READY_SECONDS: Final = 90.0


@asynccontextmanager
async def kill(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """`kill -9`; the supervisor starts it again."""
    with suppress(KeyError, ProcessLookupError):
        os.kill(ground.pid(fault.whom), signal.SIGKILL)
    yield


@asynccontextmanager
async def pause(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Stop a process in the middle of whatever it does; it goes on when the fault ends."""
    try:
        pid = ground.pid(fault.whom)
        os.kill(pid, signal.SIGSTOP)
    except (KeyError, ProcessLookupError):
        yield  # it is just being started again
        return
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def stop(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Stop gently, start again when the fault ends."""
    await asyncio.to_thread(ground.system.stop, fault.whom)
    try:
        yield
    finally:
        ground.system.start(fault.whom)
        await asyncio.to_thread(ground.system.wait_ready, fault.whom, within_seconds=READY_SECONDS)


@asynccontextmanager
async def roll(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Replace each service in turn, as an upgrade does: drained, stopped, started, ready, then the next."""
    for name in fault.how["services"]:
        await asyncio.to_thread(ground.system.stop, name)
        ground.system.start(name)
        await asyncio.to_thread(ground.system.wait_ready, name, within_seconds=READY_SECONDS)
    yield


@asynccontextmanager
async def forget(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let Kafka forget everything: topics, records, offsets."""
    await asyncio.to_thread(ground.system.stop, "kafka")
    ground.system.kafka.forget_everything()
    ground.system.start("kafka")
    await asyncio.to_thread(ground.system.wait_ready, "kafka", within_seconds=READY_SECONDS)
    yield


@asynccontextmanager
async def another(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Run more instances of a service while the fault lasts; a second door of intake's gets half of the reports."""
    names = [f"{fault.whom}-{number}" for number in range(2, 2 + fault.how.get("count", 1))]
    for name in names:
        second = ground.start_second(fault.whom, name)
        if fault.whom == "intake-api" and ground.load:
            await second.until_ready()
            ground.load.beside = second.url
    try:
        yield
    finally:
        if ground.load:
            ground.load.beside = ""
        for name in names:
            await asyncio.to_thread(ground.end_second, name)
