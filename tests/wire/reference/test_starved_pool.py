"""Who holds a connection and has to read which version is in force fails and lets go; nobody waits for good."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import chain, repeat

import asyncpg
import pytest

from services.chassis.outages import is_transient
from services.chassis.postgres import Pool
from services.reference.versions.cache import ReferenceCache
from services.reference.versions.published import PublishedVersions, Reading
from tests.environment.database import Database
from tests.unit.reference.town import a_version
from tests.wire.reference.publishing import publish_first

pytestmark = pytest.mark.postgres

SHORT_SECONDS = 0.2
LONG_SECONDS = 60.0


class FirstInAHurry:
    """Published versions whose first reader soon gives up, and every later one late: on no machine do two give up."""

    def __init__(self, pool: Pool) -> None:
        hurried, patient = (PublishedVersions(pool, acquire_seconds_max=most) for most in (SHORT_SECONDS, LONG_SECONDS))
        self._readers = chain([hurried], repeat(patient))
        self._patient = patient

    async def read(self) -> Reading:
        return await next(self._readers).read()

    async def content(self, number: int) -> tuple[bytes, datetime]:
        return await self._patient.content(number)


@pytest.fixture(params=[1, 2], ids=["a-pool-of-one", "a-pool-of-two"])
async def pool(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Pool]:
    await publish_first(database, a_version())
    size: int = request.param
    async with asyncpg.create_pool(database.dsn("ledger_writer"), min_size=size, max_size=size) as pool:
        yield pool


async def read_while_holding(pool: Pool, cache: ReferenceCache, all_hold: asyncio.Barrier) -> int:
    """Take a case, as it were, and ask which version is in force when the copy is too old for it."""
    async with pool.acquire() as connection:
        now: datetime = await connection.fetchval("select clock.now()")
        await all_hold.wait()
        return (await cache.reading(now + timedelta(minutes=1))).version_at(now)


async def test_of_those_who_hold_every_connection_some_fail_and_the_next_goes_on(pool: Pool) -> None:
    cache = ReferenceCache(FirstInAHurry(pool))
    size = pool.get_max_size()
    all_hold = asyncio.Barrier(size)

    async with asyncio.timeout(LONG_SECONDS / 2):
        ended = await asyncio.gather(
            *(read_while_holding(pool, cache, all_hold) for _ in range(size)), return_exceptions=True
        )

    failed = [each for each in ended if isinstance(each, BaseException)]
    # The first gave its connection back: with two, the other could read by it.
    assert [type(each) for each in failed] == [TimeoutError]
    assert is_transient(failed[0])
    assert [each for each in ended if not isinstance(each, BaseException)] == [1] * (size - 1)
    assert await read_while_nothing_is_held(pool, cache) == 1


async def read_while_nothing_is_held(pool: Pool, cache: ReferenceCache) -> int:
    now: datetime = await pool.fetchval("select clock.now()")
    return (await cache.at(now)).number
