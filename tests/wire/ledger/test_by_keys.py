"""What the ledger does with each batch goes by keys, whatever the planner believes: nothing after a restore."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from services.ledger.store.comparing import UNCOMPARED
from services.ledger.store.major import RAISE
from tests.builders import MONDAY_NOON, an_id
from tests.environment.database import Database
from tests.wire.ledger.alike import Room, a_room

pytestmark = pytest.mark.postgres

OLD_FACTS = """
    insert into ledger.facts (case_id, version, topic, event_id, at, body)
    select gen_random_uuid(), 1, 'case.progressed.v1', gen_random_uuid(), at - interval '1 day', ''
    from ledger.facts, generate_series(1, 5000)
"""
OTHER_CASES = """
    insert into ledger.cases select other.* from ledger.cases c, generate_series(1, 5000) nth, jsonb_populate_record(
        c, jsonb_build_object('case_id', gen_random_uuid(), 'number', c.number || nth)) other
"""
LOOKED = "update ledger.comparing set up_to = at, looked_at = at from (select max(at) as at from ledger.facts) f"


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        yield room


async def pages_read(connection: Any, asked: str, *arguments: Any) -> int:
    """Ask twice, since a session's first time also reads the catalogue; return how many pages the second time read."""
    explain = f"explain (analyze, buffers, format json) {asked}"
    await connection.fetchval(explain, *arguments)
    (plan,) = msgspec.json.decode(await connection.fetchval(explain, *arguments))
    return int(plan["Plan"]["Shared Hit Blocks"])


async def test_the_look_for_what_is_new_reads_nothing_old(room: Room) -> None:
    await room.open("first")
    room.office.database.run_sql(f"{OLD_FACTS}; {LOOKED}")

    async with room.comparing.pool.acquire() as connection:
        found = await connection.fetch(UNCOMPARED, 10)
        read = await pages_read(connection, UNCOMPARED, 10)

    assert [row["case_id"] for row in found] == [an_id("first")]
    assert read < 50


async def test_a_major_matter_is_written_by_the_key_of_its_case(room: Room) -> None:
    await room.open("first")
    raised = {"case_id": an_id("first"), "notice_id": an_id("notice"), "at": MONDAY_NOON, "units": ["sub-01"]}
    major = msgspec.json.encode([raised]).decode(), [b"{}"]

    async with room.comparing.pool.acquire() as connection:
        for _ in range(10):  # until its plan is kept
            await connection.fetchval(RAISE, *major)
        room.office.database.run_sql(OTHER_CASES)
        read = await pages_read(connection, RAISE, *major)

    assert room.office.database.run_sql("select case_id from ledger.major_matters") == str(an_id("first"))
    assert read < 50
