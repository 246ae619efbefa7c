"""Whatever anybody does in whatever order: a case has one owner, the promise holds, and what was overdue stays so."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from services.contracts.events import CaseProgressed
from tests.environment.database import Database
from tests.wire.ledger.disorder import Disorder, prepare
from tests.wire.ledger.judging import judge

pytestmark = pytest.mark.postgres

OWNERS = """
    select c.number, c.state, c.lead, array(
        select a.unit from ledger.assignments a
        where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null) as leads
    from ledger.cases c
    where (c.closed_at is null) <> (array(
        select a.unit from ledger.assignments a
        where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null) = array[c.lead])
"""
"""Cases that are open without exactly their lead, or ended with one."""
RUNNING_WRONGLY = """
    select c.number, c.state, k.kind, k.unit from ledger.cases c join ledger.clocks k using (case_id)
    where k.stopped_at is null and (
        (c.closed_at is not null and k.kind <> 'follow_up')
        or (c.state = 'suspended') <> (k.kind = 'resume' or k.paused_at is not null)
        or (k.kind = 'review' and c.request is null and c.state <> 'consulting'))
"""
FACTS = "select case_id, version, topic::text, body from ledger.facts order by case_id, version"
STEPS = "select case_id, kind, unit, cycle, step, owed_at, effective_at from ledger.steps"
STOPPED = (
    "select case_id, kind, unit, cycle, started_at, due_at, stopped_at from ledger.clocks where stopped_at is not null"
)
"""What on time and late are read from: a clock that has stopped is never touched again."""
PROMISES = "select case_id, cycle, due_at from ledger.clocks where kind = 'promise'"
MOVE_PROMISES = frozenset({"review", "resume", "settle"})
"""An extension, and the end of a suspension by condition or date; a return never does (X-04)."""


class Seen:
    """What was there at the last look: facts, steps and promises that must not change."""

    def __init__(self) -> None:
        self.facts: dict[tuple[Any, ...], bytes] = {}
        self.steps: set[tuple[Any, ...]] = set()
        self.stopped: set[tuple[Any, ...]] = set()
        self.promises: dict[tuple[Any, ...], Any] = {}

    async def look(self, city: Disorder) -> None:
        """Look at everything again and compare."""
        owner = city.owner
        assert await owner.fetch(OWNERS) == [], city.told()
        assert await owner.fetch(RUNNING_WRONGLY) == [], city.told()
        facts = {tuple(row)[:3]: bytes(row["body"]) for row in await owner.fetch(FACTS)}
        steps = {tuple(row) for row in await owner.fetch(STEPS)}
        stopped = {tuple(row) for row in await owner.fetch(STOPPED)}
        promises = {tuple(row)[:2]: row["due_at"] for row in await owner.fetch(PROMISES)}
        assert self.facts.items() <= facts.items(), city.told()
        assert self.steps <= steps, city.told()
        assert self.stopped <= stopped, city.told()
        moved = {key for key, due_at in self.promises.items() if promises[key] != due_at}
        assert not moved or city.kinds & MOVE_PROMISES, city.told()
        self.facts, self.steps, self.stopped, self.promises = facts, steps, stopped, promises
        city.kinds.clear()


@pytest.fixture
async def pools(database: Database) -> AsyncIterator[tuple[Any, Any, Any]]:
    prepare(database)
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4) as writer,
        asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4) as desk,
        asyncpg.create_pool(database.dsn("migrator"), min_size=1, max_size=1) as owner,
    ):
        yield writer, desk, owner


async def run(seed: int, steps: int, pools: tuple[Any, Any, Any]) -> Disorder:
    city, seen = Disorder(seed, *pools), Seen()
    await city.begin()
    for _ in range(steps):
        await city.step()
        await seen.look(city)
    judge((body for (_, _, topic), body in seen.facts.items() if topic == CaseProgressed.TYPE), city.reported_by)
    return city


@pytest.mark.parametrize("seed", [1, 2])
async def test_in_any_order_a_case_has_one_owner_and_nothing_that_was_is_undone(
    pools: tuple[Any, Any, Any], seed: int
) -> None:
    city = await run(seed, 200, pools)

    assert len(city.done) > 100, "too little took effect to say anything"
    assert any(" correct " in done for done in city.done)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", range(3, 23))
async def test_in_any_order_at_length(pools: tuple[Any, Any, Any], seed: int) -> None:
    await run(seed, 1_000, pools)
