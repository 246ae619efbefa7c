"""What a reporter may do how often: guess a phone's tail, rate a result."""

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from services.intake.ports import NewFollowUp
from services.intake.store.followups import PostgresFollowUps, PostgresTails
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


async def test_a_result_is_rated_once_and_the_next_one_again(database: Database) -> None:
    report_id = uuid4()
    database.run_sql(
        "insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body)"
        f" values ('{report_id}', 1, 1, '2026-03-02', 'k1', 'ordinary', '')"
    )
    async with asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=1) as pool:
        followups = PostgresFollowUps(pool, 10)
        first, later = datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
        added = [
            await followups.add_once(
                NewFollowUp(
                    followup_id=uuid4(),
                    report_id=report_id,
                    kind="rating",
                    at=first,
                    body=b"",
                    key_id="k1",
                    claim=None,
                    raw=None,
                    attachments=(),
                    about=about,
                )
            )
            for about in (None, None, first, first, later)
        ]

    assert [one.followup_id is not None for one in added] == [True, False, True, False, True]
