"""Guessing a phone's tail locks its number, for a while and for everybody."""

from uuid import uuid4

import asyncpg
import pytest

from services.intake.store.followups import PostgresTails
from tests.environment.database import Database

pytestmark = pytest.mark.postgres


async def test_five_wrong_tails_lock_for_a_quarter_of_an_hour(database: Database) -> None:
    report_id = uuid4()
    database.run_sql(f"insert into vault.contacts values ('{report_id}', 'k1', 'w', 's', 'tail')")
    async with asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=1) as pool:
        tails = PostgresTails(pool, 10)
        seen = []
        for _ in range(6):
            seen.append(await tails.tail_of(report_id))
            await tails.missed(report_id)
        database.run_sql("update intake.tail_misses set last_at = last_at - interval '15 minutes 1 second'")
        later = await tails.tail_of(report_id)

    assert seen == [b"tail"] * 5 + [None]
    assert later == b"tail"
