"""How soon the route works again after a kill: a worker's partitions, and the whole route after the broker."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from deploy.embedded.ports import is_listening
from deploy.embedded.waiting import until
from tests.benchmarks.load.open_loop import Sent, send_steadily
from tests.benchmarks.product import Bench

WORKERS: Final = ("router", "ledger")
PER_SECOND: Final = 60
BEFORE_SECONDS: Final = 1.0
LOADED_SECONDS: Final = 6.0
BACK_SECONDS_MAX: Final = 60.0

OPENED: Final = """
    select count(*), max(opened_at) from ledger.assignments
    where case_id = any ($1::uuid[]) and role = 'lead' and attempt = 1
"""
MEANWHILE: Final = """
    select array_agg(report_id) from intake.reports where report_id = any ($1::uuid[]) and accepted_at between $2 and $3
"""


async def measure_workers(bench: Bench, bodies: Sequence[str]) -> None:
    """Note how long after `kill -9` of a worker the reports of the next second, on all partitions, are in queues."""
    seconds = {name: await _after_a_kill(bench, bodies, name) for name in WORKERS}
    note = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
    bench.report.found(note, worker_back_s=max(seconds.values()))


async def measure_broker(bench: Bench, bodies: Sequence[str]) -> None:
    """Note how long after the killed broker listens again everything accepted meanwhile is in its queue."""
    sending = asyncio.create_task(_send(bench, bodies, LOADED_SECONDS))
    await asyncio.sleep(BEFORE_SECONDS)
    killed: datetime = await bench.now()
    bench.system.kill("kafka")
    port = bench.system.kafka.port
    await asyncio.sleep(0.5)
    await asyncio.to_thread(until, lambda: is_listening(port), BACK_SECONDS_MAX)
    listening: datetime = await bench.now()
    back = await _last_opened(bench, await sending, killed, listening)
    bench.report.found(
        f"listening again {(listening - killed).total_seconds():.1f} s after the kill",
        broker_back_s=max((back - listening).total_seconds(), 0.0),
    )


async def _after_a_kill(bench: Bench, bodies: Sequence[str], name: str) -> float:
    sending = asyncio.create_task(_send(bench, bodies, LOADED_SECONDS / 2))
    await asyncio.sleep(BEFORE_SECONDS)
    killed: datetime = await bench.now()
    bench.system.kill(name)
    await asyncio.sleep(1.0)
    counted: datetime = await bench.now()
    back = await _last_opened(bench, await sending, killed, counted)
    await asyncio.to_thread(bench.system.wait_ready, name)
    return (back - killed).total_seconds()


async def _send(bench: Bench, bodies: Sequence[str], seconds: float) -> Sent:
    return await send_steadily(bench.route.url, bodies, per_second=PER_SECOND, seconds=seconds)


async def _last_opened(bench: Bench, sent: Sent, since: datetime, to: datetime) -> datetime:
    """Return when the last case accepted between the two instants came into its queue."""
    ids = [UUID(case_id) for case_id in sent.case_ids]
    meanwhile: list[Any] = await bench.connection.fetchval(MEANWHILE, ids, since, to) or []
    if not meanwhile:
        raise RuntimeError("no report was accepted in the time that counts")
    ends = time.monotonic() + BACK_SECONDS_MAX
    while True:
        count, last = await bench.connection.fetchrow(OPENED, meanwhile)
        if count == len(meanwhile):
            at: datetime = last
            return at
        if time.monotonic() > ends:
            raise TimeoutError(
                f"{count} of {len(meanwhile)} cases came into their queues within {BACK_SECONDS_MAX:g} s"
            )
        await asyncio.sleep(0.05)
