"""Notify without subscriptions: one row per fact."""

from typing import Final

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer

from tests.benchmarks.bare_route.wire import BATCH_MAX, PROGRESSED, Progressed

RECORD: Final = "insert into messages select * from unnest($1::uuid[], $2::integer[]) on conflict do nothing"


async def run(dsn: str, brokers: str, _: int) -> None:
    """Record facts until killed."""
    connection = await asyncpg.connect(dsn)
    consumer = AIOKafkaConsumer(
        PROGRESSED,
        bootstrap_servers=brokers,
        group_id="bare-notify",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=BATCH_MAX,
    )
    await consumer.start()
    decoder = msgspec.json.Decoder(Progressed)
    while True:
        records = await consumer.getmany(timeout_ms=250, max_records=BATCH_MAX)
        facts = [decoder.decode(record.value) for taken in records.values() for record in taken]
        if facts:
            await connection.execute(RECORD, [fact.case_id for fact in facts], [fact.version for fact in facts])
            await consumer.commit()
