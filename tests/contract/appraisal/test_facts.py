"""Facts are kept once each, whatever order they come in, and a period reads every case it may count."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.appraisal.domain.kept import KeptFact, KeptNotice
from services.appraisal.domain.periods import Period, period_of
from services.appraisal.store.facts import PostgresFacts, facts_touching, refusals_in
from services.chassis.postgres import Pool, postgres_pool
from services.chassis.settings import PostgresSettings
from services.contracts.events.progress import Noted
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story, row_from

pytestmark = pytest.mark.postgres

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=ZONE)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with postgres_pool(PostgresSettings(dsn=database.dsn("appraisal"), password=None)) as pool:
        yield pool


async def keep(pool: Pool, *stories: Story) -> int:
    return await PostgresFacts(pool).keep_once([row_from(event) for story in stories for event in story.events])


async def read(pool: Pool, period: Period) -> dict[str, list[KeptFact]]:
    async with pool.acquire() as connection, connection.transaction():
        cases = [facts async for facts in facts_touching(connection, period)]
    return {str(facts[0].case_id): facts for facts in cases}


async def test_a_fact_is_kept_once_and_read_as_it_was(pool: Pool) -> None:
    story = (
        Story("1", on(3, 2), on(3, 6)).handled(on(3, 3)).closed(on(3, 4)).then(Noted("drainage", "log", "x"), on(3, 5))
    )

    assert await keep(pool, story) == 4
    assert await keep(pool, story) == 0

    # Of what no figure counts only the key is there.
    assert (await read(pool, MARCH)) == {str(an_id("1")): story.facts()[:3]}


async def test_a_month_reads_what_happened_in_it_what_was_due_in_it_and_what_is_open(pool: Pool) -> None:
    await keep(
        pool,
        Story("closed-before-due-in-march", on(2, 10), on(3, 6)).closed(on(2, 20)),
        Story("open-for-months", on(1, 5), on(3, 6)),
        Story("happened-in-march", on(2, 10), on(2, 12)).closed(on(3, 1)),
        Story("over-long-ago", on(1, 5), on(1, 7)).closed(on(1, 6)),
        Story("after-march", on(4, 2), on(4, 6)),
    )

    touched = await read(pool, MARCH)

    expected = ("closed-before-due-in-march", "open-for-months", "happened-in-march")
    assert set(touched) == {str(an_id(name)) for name in expected}


async def test_of_a_notice_its_key_is_kept_and_of_a_refused_task_whose_it_was(pool: Pool) -> None:
    refused = KeptNotice(
        notice_id=an_id("n1"), at=on(3, 2), kind="task_refused", department="statistics", refused=2, first="统计电梯"
    )
    digest = KeptNotice(notice_id=an_id("n2"), at=on(3, 2), kind="digest")
    facts = PostgresFacts(pool)

    assert await facts.keep_notices_once([refused, digest]) == 2
    assert await facts.keep_notices_once([refused, digest]) == 0

    async with pool.acquire() as connection:
        assert await refusals_in(connection, MARCH) == [refused]
        before = Period("", MARCH.starts - timedelta(days=28), MARCH.starts)
        assert await refusals_in(connection, before) == []
