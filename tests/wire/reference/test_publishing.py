"""Publishing on real PostgreSQL: two persons, enough notice, and the version in force at every instant."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import asyncpg
import pytest

from services.chassis.postgres import Pool
from services.reference.versions.cache import ReferenceCache, reference_cache
from services.reference.versions.publish import PublicationRefusedError, Published, draft, publish, redraft
from services.reference.versions.published import PublishedVersions
from tests.environment.database import Database
from tests.unit.reference.town import a_version, rule
from tests.wire.reference.publishing import LONG_AGO, give_tokens

pytestmark = pytest.mark.postgres


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database.dsn("operator"), min_size=1, max_size=3) as pool:
        yield pool


@pytest.fixture
async def tokens(pool: Pool) -> dict[str, bytes]:
    async with pool.acquire() as connection:
        return await give_tokens(connection)


async def _now(pool: Pool) -> datetime:
    return datetime.fromisoformat(str(await pool.fetchval("select clock.now()")))


async def _first(pool: Pool, tokens: dict[str, bytes]) -> Published:
    drafted = await draft(pool, a_version(), "first", tokens["rule_owner"])
    return await publish(pool, drafted, LONG_AGO, tokens["center_leader"])


async def test_two_persons_publish_a_version(pool: Pool, tokens: dict[str, bytes]) -> None:
    published = await _first(pool, tokens)

    assert (published.number, published.is_late) == (1, False)
    assert await pool.fetchval("select reference.version_at($1)", LONG_AGO) == 1


async def test_one_person_alone_publishes_nothing(pool: Pool, tokens: dict[str, bytes]) -> None:
    drafted = await draft(pool, a_version(), "", tokens["rule_owner"])

    with pytest.raises(PublicationRefusedError) as refused:
        await publish(pool, drafted, LONG_AGO, tokens["rule_owner"])

    assert refused.value.code == "RV001"
    assert await pool.fetchval("select count(*) from reference.versions") == 0


async def test_a_clerk_neither_drafts_nor_publishes(pool: Pool, tokens: dict[str, bytes]) -> None:
    with pytest.raises(PublicationRefusedError):
        await draft(pool, a_version(), "", tokens["clerk"])

    drafted = await draft(pool, a_version(), "", tokens["rule_owner"])
    with pytest.raises(PublicationRefusedError) as refused:
        await publish(pool, drafted, LONG_AGO, tokens["clerk"])
    assert refused.value.code == "42501"


async def test_an_unknown_token_is_nobody(pool: Pool, tokens: dict[str, bytes]) -> None:
    with pytest.raises(PublicationRefusedError):
        await draft(pool, a_version(), "", b"\0" * 32)


async def test_less_than_four_seconds_of_notice_is_refused(pool: Pool, tokens: dict[str, bytes]) -> None:
    await _first(pool, tokens)
    drafted = await draft(pool, a_version(rule("new", keywords=("垃圾",), item="0801")), "", tokens["rule_owner"])

    with pytest.raises(PublicationRefusedError) as refused:
        await publish(pool, drafted, await _now(pool) + timedelta(seconds=3.5), tokens["center_leader"])

    assert refused.value.code == "RV002"


async def test_a_draft_is_published_once(pool: Pool, tokens: dict[str, bytes]) -> None:
    drafted = await draft(pool, a_version(), "", tokens["rule_owner"])
    await publish(pool, drafted, LONG_AGO, tokens["center_leader"])

    with pytest.raises(PublicationRefusedError) as refused:
        await publish(pool, drafted, await _now(pool) + timedelta(hours=1), tokens["center_leader"])

    assert refused.value.code == "RV003"


async def test_a_later_version_holds_from_its_instant_and_the_way_back_is_a_publication(
    pool: Pool, tokens: dict[str, bytes]
) -> None:
    await _first(pool, tokens)
    tomorrow = await _now(pool) + timedelta(days=1)
    drafted = await draft(pool, a_version(rule("new", keywords=("垃圾",), item="0801")), "", tokens["rule_owner"])
    await publish(pool, drafted, tomorrow, tokens["center_leader"])
    back = await redraft(pool, 1, "back", tokens["rule_owner"])
    await publish(pool, back, tomorrow + timedelta(days=1), tokens["center_leader"])

    cache = ReferenceCache(PublishedVersions(pool))
    days = [await cache.at(tomorrow + timedelta(hours=hours)) for hours in (-1, 0, 25)]

    assert [day.number for day in days] == [1, 2, 3]
    assert [day.number for day in days] == [
        await pool.fetchval("select reference.version_at($1)", tomorrow + timedelta(hours=hours))
        for hours in (-1, 0, 25)
    ]
    assert [len(day.version.rules) for day in days] == [0, 1, 0]


async def test_published_versions_cannot_be_changed(database: Database, pool: Pool, tokens: dict[str, bytes]) -> None:
    await _first(pool, tokens)

    for role in ("operator", "router", "desk_api"):
        async with asyncpg.create_pool(database.dsn(role), min_size=1, max_size=1) as others:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await others.execute("update reference.versions set active_from = now()")


@pytest.mark.parametrize("role", ["router", "intake_api", "ledger_writer", "desk_api", "board_reader"])
async def test_every_service_reads_the_version_in_force(
    database: Database, pool: Pool, tokens: dict[str, bytes], role: str
) -> None:
    await _first(pool, tokens)

    async with (
        asyncpg.create_pool(database.dsn(role), min_size=1, max_size=1) as others,
        reference_cache(others) as cache,
    ):
        assert cache.latest().number == 1
        assert cache.latest().organisation.grid_at(113.105, 41.005) == "grid-0101-01"
