"""Both relays: read what is pending, send it, delete it."""

import asyncio
from typing import Any, Final

import asyncpg

from tests.benchmarks.bare_route.wire import BATCH_MAX, PROGRESSED, RECEIVED, send_all, started_producer

READ_REPORTS: Final = """
    select p.seq, p.report_id as key, r.body as value
    from (select * from pending_reports order by seq limit $1) p
    cross join lateral (select body from reports where report_id = p.report_id limit 1) r order by p.seq
"""
FORGET_REPORTS: Final = "delete from pending_reports where seq = any($1)"
READ_FACTS: Final = """
    select p.seq, p.case_id as key, f.body as value
    from (select * from pending_facts order by seq limit $1) p
    cross join lateral (select body from facts where case_id = p.case_id and version = p.version limit 1) f
    order by p.seq
"""
FORGET_FACTS: Final = "delete from pending_facts where seq = any($1)"
IDLE_SECONDS: Final = 0.025


async def relay(dsn: str, producer: Any, topic: str, read: str, forget: str) -> None:
    """Relay until cancelled."""
    connection = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "off"})
    while True:
        rows = await connection.fetch(read, BATCH_MAX)
        if not rows:
            await asyncio.sleep(IDLE_SECONDS)
            continue
        await send_all(producer, topic, [(str(row["key"]).encode(), row["value"]) for row in rows])
        await connection.execute(forget, [row["seq"] for row in rows])


async def run(dsn: str, brokers: str, _: int) -> None:
    """Be intake's relay."""
    await relay(dsn, await started_producer(brokers), RECEIVED, READ_REPORTS, FORGET_REPORTS)


async def relay_facts(dsn: str, producer: Any) -> None:
    """Be the ledger's relay."""
    await relay(dsn, producer, PROGRESSED, READ_FACTS, FORGET_FACTS)
