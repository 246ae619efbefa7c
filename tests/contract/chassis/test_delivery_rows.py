"""Dead letters and crash counts: the fakes keep the promise of the rows."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.chassis.delivery.crashes import Crashes, PostgresCrashes, note_from_thread
from services.chassis.delivery.dead_letters import DeadLetters, PostgresDeadLetters
from services.chassis.postgres import Pool, postgres_pool
from services.chassis.settings import PostgresSettings
from tests.environment.database import Database
from tests.fakes.delivery import InMemoryCrashes, InMemoryDeadLetters, Record

KINDS = ["fake", pytest.param("postgres", marks=pytest.mark.postgres)]


def settings_of(database: Database, role: str) -> PostgresSettings:
    return PostgresSettings(dsn=database.dsn(role), password=None, pool_size=2)


@pytest.fixture
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[Pool]:
    database = request.getfixturevalue("database")
    async with postgres_pool(settings_of(database, "router")) as pool:
        yield pool


@pytest.fixture(params=KINDS)
def letters(request: pytest.FixtureRequest) -> DeadLetters:
    if request.param == "fake":
        return InMemoryDeadLetters()
    return PostgresDeadLetters(request.getfixturevalue("pool"))


@pytest.fixture(params=KINDS)
def crashes(request: pytest.FixtureRequest) -> Crashes:
    return InMemoryCrashes() if request.param == "fake" else PostgresCrashes(request.getfixturevalue("pool"))


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(Record(b"{", headers=(("ce_id", b"0190"),)), id="half"),
        pytest.param(Record(None, key=None), id="tombstone"),
        pytest.param(Record(b"\x00\xff", headers=(("bad\x00name", b"\xff\x00"),)), id="bytes-no-text-column-takes"),
        pytest.param(Record(b"x" * 1_100_000), id="large"),
    ],
)
async def test_any_message_can_be_put_aside_and_again(letters: DeadLetters, record: Record) -> None:
    assert await letters.put(record, "why\x00")
    assert await letters.put(record, "why again")


async def test_crashes_add_up_until_they_are_cleared(crashes: Crashes) -> None:
    await crashes.note(["a", "b", "b"], "bug")
    await crashes.note(["b"], "bug\x00")

    assert await crashes.suspects() == {"a": 1, "b": 2}
    await crashes.clear(["b"])
    assert await crashes.suspects() == {"a": 1}


@pytest.mark.postgres
async def test_a_decided_letter_says_so(pool: Pool, database: Database) -> None:
    letters = PostgresDeadLetters(pool)
    await letters.put(Record(b"x"), "why")

    database.run_sql("update delivery.dead_letters set state = 'discarded'")

    assert not await letters.put(Record(b"x"), "why")
    assert await letters.put(Record(b"a topic made anew has another message there"), "why")


@pytest.mark.postgres
async def test_a_consumer_sees_and_writes_its_own_rows_only(pool: Pool, database: Database) -> None:
    await PostgresDeadLetters(pool).put(Record(b"x"), "why")
    await PostgresCrashes(pool).note(["k"], "bug")

    async with postgres_pool(settings_of(database, "notify")) as other:
        assert await PostgresCrashes(other).suspects() == {}
        assert await other.fetchval("select count(*) from delivery.dead_letters") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.execute(
                "insert into delivery.crashes (consumer, natural_key, last_reason) values ('router', 'k', '')"
            )


@pytest.mark.postgres
def test_the_watchdog_counts_from_its_own_thread(database: Database) -> None:
    note_from_thread(settings_of(database, "router"), ["k"], "stuck")

    assert database.run_sql("select consumer, natural_key, count from delivery.crashes").strip() == "router|k|1"
