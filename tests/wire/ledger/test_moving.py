"""Moving while the ledger works: it races with nothing, and a killed mover is resumed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.ledger.store.moving import Moving
from services.reference.model.modes import ModeClass, ModeProfile
from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.waiting import eventually
from tests.wire.ledger.moving_town import Town, a_town

FLOOD = ModeProfile(id="flood", name_zh="防汛", classes=(ModeClass(items=("0203",), limits={"handling": "2uh"}),))
WRONG = """
    select count(*) from ledger.clocks k join ledger.cases c using (case_id)
    where k.kind = 'handling'
        and (c.applied_version <> 2 or k.due_at <> greatest(k.started_at, $1) + interval '2 hours')
"""
ENDS_WRITERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'ledger_writer' and state <> 'idle' and datname = current_database()
"""


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(profiles=(FLOOD,)), MORNING) as town:
        yield town


async def test_cases_opened_and_settled_while_others_move_all_end_up_moved(town: Town) -> None:
    for batch in range(4):
        await town.open(*(f"before-{batch}-{n}" for n in range(100)), place=HERE)
    switched = await town.switch("flood", "district", on=True)
    town.at(switched.active_from)
    await town.reference.refresh()  # as every process does in the background

    await asyncio.gather(
        town.moving.move_due(),
        *(town.open(*(f"meanwhile-{batch}-{n}" for n in range(20)), place=HERE) for batch in range(5)),
        *(town.settling.settle_due(50) for _ in range(5)),
        Moving(town.pool, town.cities).move_due(),
    )

    assert await town.rows("select count(*) from ledger.cases") == [(500,)]
    assert await town.rows(WRONG, switched.active_from) == [(0,)]
    gaps = "select case_id from ledger.facts group by case_id having max(version) <> count(*)"
    assert await town.rows(gaps) == []


async def test_a_mover_that_is_killed_is_resumed_where_it_stood(town: Town) -> None:
    for batch in range(6):
        await town.open(*(f"case-{batch}-{n}" for n in range(100)), place=HERE)
    switched = await town.switch("flood", "district", on=True)
    town.at(switched.active_from)

    killed = asyncio.create_task(town.moving.move_due())
    begun: list[tuple[Any, ...]] = await eventually(
        lambda: town.rows("select case_id from ledger.cases where applied_version = 2 limit 1"), within_seconds=60
    )
    assert begun
    await town.rows(ENDS_WRITERS)
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await killed
    moved = await town.rows("select count(*) from ledger.facts where version = 2")

    await Moving(town.pool, town.cities).move_due()

    assert moved[0][0] >= 250
    assert await town.rows(WRONG, switched.active_from) == [(0,)]
    assert await town.rows("select count(*) from ledger.facts") == [(1_200,)]


async def test_a_version_that_moves_nothing_states_nothing(town: Town) -> None:
    await town.open(*(f"case-{n}" for n in range(30)), place=HERE)
    begins = MORNING + timedelta(minutes=1)
    await town.publish(a_version(profiles=(FLOOD,)), begins)
    town.at(begins)

    assert await town.moving.move_due() == 30
    assert await town.moving.move_due() == 0

    assert await town.rows("select distinct applied_version, version from ledger.cases") == [(2, 1)]


async def test_nothing_moves_while_the_clocks_disagree(town: Town) -> None:
    await town.open("case", place=HERE)
    switched = await town.switch("flood", "district", on=True)
    town.at(switched.active_from)
    town.database.run_sql("insert into ledger.clock_stop (reason) values ('drift')")

    assert await town.moving.move_due() == 0

    town.database.run_sql("delete from ledger.clock_stop")
    assert await town.moving.move_due() == 1
