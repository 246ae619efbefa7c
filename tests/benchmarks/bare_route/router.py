"""The router without rules: a Faust worker that publishes with a producer of its own and acknowledges afterwards."""

import asyncio
import tempfile
from typing import Any, Final

import faust
import msgspec

from tests.benchmarks.bare_route.wire import (
    BATCH_MAX,
    DISPATCHED,
    RECEIVED,
    Dispatched,
    Received,
    encode,
    send_all,
    started_producer,
)

UNITS: Final = 30
WITHIN_SECONDS: Final = 0.02


async def run(_: str, brokers: str, __: int) -> None:
    """Decide until killed."""
    app = faust.App(
        "bare-router",
        broker=f"kafka://{brokers}",
        store="memory://",
        datadir=tempfile.mkdtemp(prefix="bare-router-"),
        stream_wait_empty=False,
        stream_buffer_maxsize=512,
        broker_max_poll_records=BATCH_MAX,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )
    producer, decoder = await started_producer(brokers), msgspec.json.Decoder(Received)

    @app.agent(app.topic(RECEIVED, key_serializer="raw", value_serializer="raw", value_type=bytes, key_type=bytes))  # type: ignore[untyped-decorator]
    async def decide(stream: Any) -> None:
        async for taken in stream.take_events(BATCH_MAX, within=WITHIN_SECONDS):
            values = [event.message.value for event in taken]
            await send_all(producer, DISPATCHED, [_decided(decoder.decode(value), value) for value in values])

    await app.start()
    await asyncio.Event().wait()


def _decided(received: Received, value: bytes) -> tuple[bytes, bytes]:
    number = received.report_id.int % UNITS
    decision = Dispatched(f"unit-{number:02}", f"unit-{(number + 1) % UNITS:02}", msgspec.Raw(value))
    return str(received.report_id).encode(), encode(decision)
