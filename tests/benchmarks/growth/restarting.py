"""How long a ledger of this size takes to come back: the whole system stopped and started, PostgreSQL killed."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from deploy.embedded.running import System
from tests.benchmarks.load.open_loop import send_steadily

UNDER_LOAD_PER_S: Final = 200
UNDER_LOAD_SECONDS: Final = 5.0
BACK_SECONDS_MAX: Final = 180.0
TICK_SECONDS: Final = 0.05
IN_QUEUE: Final = "select count(*) from ledger.assignments where case_id = $1 and role = 'lead'"


async def kill_postgres(system: System, bodies: Sequence[str]) -> dict[str, float]:
    """Kill PostgreSQL under load; note when it answers again, and when a report comes into its queue again.

    Raises:
        TimeoutError: it did not within three minutes.
    """
    url = system.url("intake-api")
    await send_steadily(url, bodies, per_second=UNDER_LOAD_PER_S, seconds=UNDER_LOAD_SECONDS)
    system.kill("postgres")
    killed = time.monotonic()
    async with asyncio.timeout(BACK_SECONDS_MAX):
        connection = await _connected(system)
        back = time.monotonic() - killed
        await _until_queued(connection, await _accepted(url, bodies))
    route_back = time.monotonic() - killed
    await connection.close()
    return {"postgres_back_s": back, "route_back_s": route_back}


async def _connected(system: System) -> Any:
    while True:
        try:
            connection = await asyncpg.connect(system.postgres.dsn("postgres"), timeout=5)
            await connection.fetchval("select clock.now()")
        except (OSError, asyncpg.PostgresError, TimeoutError):
            await asyncio.sleep(TICK_SECONDS)
        else:
            return connection


async def _accepted(url: str, bodies: Sequence[str]) -> UUID:
    while True:
        sent = await send_steadily(url, bodies, per_second=1000, seconds=0.001)
        if sent.case_ids:
            return UUID(sent.case_ids[0])
        await asyncio.sleep(TICK_SECONDS)


async def _until_queued(connection: Any, case_id: UUID) -> None:
    while True:
        if await connection.fetchval(IN_QUEUE, case_id):
            return
        await asyncio.sleep(TICK_SECONDS)
