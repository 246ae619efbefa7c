"""The ledger's process is killed with -9 while it moves: after the last start everything moved once, none is lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
import pytest
from msgspec.structs import replace

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.topics import topics_of_flow
from services.reference.model.version import ReferenceVersion
from tests.environment.database import Database
from tests.environment.process import Process, known_as
from tests.environment.topics import make_topics
from tests.unit.reference.town import HERE, MORNING, a_version, calendars
from tests.waiting import eventually
from tests.wire.ledger.moving_town import Town, a_town
from tests.wire.ledger.test_moving import FLOOD

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

BATCHES, BATCH = 12, 100
TUESDAY: Final = date(2026, 3, 3)
RUNNING: Final = (
    "select kind, unit, cycle, count(*) from ledger.clocks where stopped_at is null group by 1, 2, 3 order by 1, 2"
)
NEW_DUE: Final = """
    select distinct due_at from ledger.clocks where kind = 'handling' and stopped_at is null and calendar = 2
"""
BEHIND: Final = "select count(*) from ledger.cases where applied_version = 1"
NONE_BEHIND: Final = "select 1 where not exists (select from ledger.cases where applied_version = 1)"
MOVED: Final = """
    select times, count(*) from (
        select count(*) filter (where convert_from(body, 'UTF8')::json -> 'what' ->> 'type' = 'moved') as times
        from ledger.facts where topic = 'case.progressed.v1' group by case_id
    ) t group by times
"""
GATE: Final = """
create table public.gate (least_behind integer not null);
insert into public.gate values (0);
create function public.wait_at_the_gate() returns trigger language plpgsql security definer as $$
begin
    if (select count(*) from ledger.cases where applied_version = 1) < (select least_behind from public.gate) then
        perform pg_advisory_xact_lock(1);
    end if;
    return null;
end $$;
create trigger wait_at_the_gate after update on ledger.cases
for each statement execute function public.wait_at_the_gate();
"""
"""Whoever would leave fewer behind waits before the commit, for as long as the test holds the lock."""
GAPS: Final = "select case_id from ledger.facts group by case_id having max(version) <> count(*) or max(version) <> 2"


def a_ledger(kafka: Kafka, database: Database) -> Process:
    """Return a ledger with the town's stepped clock that is not started yet."""
    own = {"KAFKA_BROKERS": kafka.address, "CLOCK": "stepped"}
    return Process("ledger", known_as("ledger_writer", database) | own)


def with_a_holiday() -> ReferenceVersion:
    years = tuple(
        replace(year, holidays=(*year.holidays, TUESDAY), version=year.version + 1)
        if year.year == TUESDAY.year
        else year
        for year in calendars()
    )
    return a_version(profiles=(FLOOD,), calendars=years)


async def switch_the_flood_on(town: Town) -> datetime:
    return (await town.switch("flood", "district", on=True)).active_from


async def publish_a_holiday(town: Town) -> datetime:
    begins = MORNING + timedelta(minutes=1)
    await town.publish(with_a_holiday(), begins)
    return begins


@pytest.mark.parametrize(
    ("change", "due", "kills"),
    [
        pytest.param(switch_the_flood_on, lambda begins: begins + timedelta(hours=2), 2, id="a-mode-switched-on"),
        pytest.param(publish_a_holiday, lambda _: MORNING + timedelta(days=2), 1, id="a-calendar-published"),
    ],
)
async def test_killed_while_it_moves_the_ledger_moves_every_pending_clock_once(
    database: Database,
    kafka_server: Kafka,
    change: Callable[[Town], Awaitable[datetime]],
    due: Callable[[datetime], datetime],
    kills: int,
) -> None:
    await make_topics(kafka_server.address, topics_of_flow())
    ledger = a_ledger(kafka_server, database)
    async with a_town(database, a_version(profiles=(FLOOD,)), MORNING) as town:
        for batch in range(BATCHES):
            await town.open(*(f"case-{batch:02}-{n:02}" for n in range(BATCH)), place=HERE)
        clocks = await town.rows(RUNNING)
        begins = await change(town)
        town.at(begins)

        left = BATCHES * BATCH
        database.run_sql(GATE)
        for nth in range(1, kills + 1):
            least_behind = BATCHES * BATCH * (kills + 1 - nth) // (kills + 1)
            async with closed_gate(database, least_behind):
                with ledger.running():
                    left = await eventually(lambda known=left: fewer_behind(town, known), within_seconds=60)
        killed_halfway = left
        with ledger.running():
            finished: list[tuple[Any, ...]] = await eventually(lambda: town.rows(NONE_BEHIND), within_seconds=120)

        assert finished
        assert 0 < killed_halfway < BATCHES * BATCH
        assert await town.rows(RUNNING) == clocks
        assert await town.rows(NEW_DUE) == [(due(begins),)]
        assert await town.rows(MOVED) == [(1, BATCHES * BATCH)]
        assert await town.rows(GAPS) == []


@asynccontextmanager
async def closed_gate(database: Database, least_behind: int) -> AsyncIterator[None]:
    """Let nobody move all cases at once before the test has looked: each batch takes a tenth of a second."""
    connection = await asyncpg.connect(database.dsn())
    try:
        await connection.execute("select pg_advisory_lock(1)")  # once whoever was killed at the gate has gone
        database.run_sql(f"update public.gate set least_behind = {least_behind}")
        yield
        database.run_sql("update public.gate set least_behind = 0")
    finally:
        await connection.close()


async def fewer_behind(town: Town, known: int) -> int | None:
    """Return how many are left once there are fewer than `known`: the next batch is on its way then."""
    ((left,),) = await town.rows(BEHIND)
    return left if left < known else None
