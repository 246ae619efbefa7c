"""Handing a message to its stream: in place when there is room, beside the others when there is none."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaError

from services.chassis.delivery.faust_lean import LeanConsumer, rest_of


async def test_with_room_the_message_is_handed_over_in_the_same_turn() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue(1)
    suspended = asyncio.Event()

    consumer: Any = LeanConsumer
    handing: Any = consumer.wait_first(None, queue.put("a"), suspended.wait())

    with pytest.raises(StopIteration):
        handing.send(None)
    assert queue.get_nowait() == "a"


async def begun(work: Any) -> tuple[Any, Any]:
    """Begin a coroutine by hand; return it and what it waits for."""
    return work, work.send(None)


async def test_a_full_queue_is_waited_for() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue(1)
    queue.put_nowait("first")

    waiting = asyncio.create_task(rest_of(*await begun(queue.put("second"))))
    assert await queue.get() == "first"
    await waiting

    assert queue.get_nowait() == "second"


async def test_work_that_waits_several_times_goes_on_each_time() -> None:
    async def three_turns() -> int:
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        await asyncio.sleep(0)
        return 3

    assert await rest_of(*await begun(three_turns())) == 3


async def test_an_error_comes_through() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise KafkaError

    with pytest.raises(KafkaError):
        await rest_of(*await begun(fails()))


async def test_a_cancellation_reaches_the_work() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue(1)
    queue.put_nowait("first")
    waiting = asyncio.create_task(rest_of(*await begun(queue.put("second"))))
    await asyncio.sleep(0)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert queue.get_nowait() == "first"
    assert queue.empty()
