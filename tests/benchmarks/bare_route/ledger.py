"""The ledger without a life cycle: case, two assignments, three clocks, fact and pending row in one statement."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer

from tests.benchmarks.bare_route.relay import relay_facts
from tests.benchmarks.bare_route.wire import (
    BATCH_MAX,
    DISPATCHED,
    Dispatched,
    Progressed,
    Received,
    encode,
    started_producer,
)

OPEN: Final = """
    with given as (
        select * from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
            as g (case_id, lead, cooperating, accepted_at, due_at, decision)
    ), opened as (
        insert into cases select case_id, 'dispatched', lead, accepted_at, $1, decision::json from given
        on conflict do nothing returning case_id
    ), assigned as (
        insert into assignments
        select case_id, a.unit, a.role, $1, due_at from given join opened using (case_id)
        cross join lateral (values (lead, 'lead'), (cooperating, 'cooperating')) as a (unit, role)
    ), clocked as (
        insert into clocks
        select case_id, k.kind, k.unit, due_at, due_at from given join opened using (case_id)
        cross join lateral (values ('promise', ''), ('sign_in', lead), ('handling', lead)) as k (kind, unit)
    ), stated as (
        insert into facts
        select case_id, 1, body from unnest($2::uuid[], $8::bytea[]) as f (case_id, body) join opened using (case_id)
    )
    insert into pending_facts (case_id, version) select case_id, 1 from opened
"""


async def run(dsn: str, brokers: str, _: int) -> None:
    """Open cases and relay their facts until killed."""
    connection = await asyncpg.connect(dsn)
    consumer = AIOKafkaConsumer(
        DISPATCHED,
        bootstrap_servers=brokers,
        group_id="bare-ledger",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=BATCH_MAX,
    )
    await consumer.start()
    relaying = asyncio.create_task(relay_facts(dsn, await started_producer(brokers)))
    while not relaying.done():
        records = await consumer.getmany(timeout_ms=250, max_records=BATCH_MAX)
        values = [record.value for taken in records.values() for record in taken]
        if values:
            async with connection.transaction():
                now = await connection.fetchval("select clock_timestamp()")
                await connection.execute(OPEN, now, *_columns(values, now))
            await consumer.commit()
    await relaying


_DISPATCHED: Final = msgspec.json.Decoder(Dispatched)
_RECEIVED: Final = msgspec.json.Decoder(Received)


def _columns(values: list[bytes], now: datetime) -> list[Any]:
    decisions = [_DISPATCHED.decode(value) for value in values]
    received = [_RECEIVED.decode(decision.received) for decision in decisions]
    return [
        [one.report_id for one in received],
        [one.lead for one in decisions],
        [one.cooperating for one in decisions],
        [one.accepted_at for one in received],
        [now + timedelta(days=1)] * len(values),
        [value.decode() for value in values],
        [encode(Progressed(one.report_id, 1, msgspec.Raw(raw))) for one, raw in zip(received, values, strict=True)],
    ]
