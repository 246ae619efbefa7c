"""Papers over real PostgreSQL: their keys outlive the week for which other keys are kept."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from services.intake.store.backlog import forget_old_keys
from services.intake.store.papers import PostgresPapers
from tests.environment.database import Database

pytestmark = pytest.mark.postgres


async def test_the_key_of_a_paper_is_kept_for_good_and_others_for_a_week(database: Database) -> None:
    paper, letter, fresh = uuid4(), uuid4(), uuid4()
    for key, age in ((paper, "8 days"), (letter, "8 days"), (fresh, "6 days")):
        database.run_sql(
            "insert into intake.idempotency (client_key, fingerprint, made_id, kept_since)"
            f" values ('{key}', '', '{uuid4()}', clock_timestamp() - interval '{age}')"
        )
    async with asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=1) as pool:
        papers = PostgresPapers(pool, 10)
        for _ in range(2):
            await papers.keep(paper)

        forgotten = await forget_old_keys(pool)

    left = database.run_sql("select client_key from intake.idempotency").split()
    assert (forgotten, {UUID(key) for key in left}) == (1, {paper, fresh})
