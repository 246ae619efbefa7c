"""A small town on real PostgreSQL whose decisions are published while cases are open; the test sets its clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from services.contracts.events import Place
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.cities import Cities
from services.ledger.store.modes import switch_and_tell
from services.ledger.store.moving import Moving
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling
from services.reference.deciding.decide import decide
from services.reference.model.duties import Admission
from services.reference.model.version import ReferenceVersion
from services.reference.versions.admissions import adopt
from services.reference.versions.cache import ReferenceCache
from services.reference.versions.modes import Switch, Switched
from services.reference.versions.publish import draft, publish
from services.reference.versions.published import PublishedVersions
from tests.builders import a_report
from tests.environment.database import Database
from tests.wire.reference.publishing import give_tokens

CLOCK = """
create table public.stepped (at timestamptz not null);
insert into public.stepped values ('2026-01-02 00:00:00+00');
grant select on public.stepped to public; grant usage on schema public to public;
create or replace function clock.now() returns timestamptz language sql as 'select at from public.stepped';
"""
RUN_ON = """
create or replace function clock.now() returns timestamptz language sql as
'select at + (clock_timestamp() - timestamptz ''{since}'') from public.stepped'
"""
EPOCH = 1


@dataclass
class Town:
    """Publishes, opens, moves and settles as the services do."""

    database: Database
    operator: Any
    pool: Any
    desk: Any
    tokens: dict[str, bytes]

    def __post_init__(self) -> None:
        self.reference = ReferenceCache(PublishedVersions(self.pool))
        self.cities = Cities(self.reference)
        self.openings, self.settling = Openings(self.pool, self.cities), Settling(self.pool, self.cities)
        self.moving, self.acting = Moving(self.pool, self.cities), ActingTogether(self.desk, self.cities)

    def at(self, instant: datetime) -> None:
        self.database.run_sql(f"update public.stepped set at = '{instant.isoformat()}'")

    async def run_on(self) -> None:
        """Let time pass at real rate from here."""
        self.database.run_sql(RUN_ON.format(since=await self.pool.fetchval("select clock_timestamp()")))

    async def now(self) -> datetime:
        now: datetime = await self.pool.fetchval("select clock.now()")
        return now

    async def publish(self, version: ReferenceVersion, active_from: datetime) -> int:
        """Publish a version as two persons do; return its number."""
        drafted = await draft(self.operator, version, "as the test says", self.tokens["rule_owner"])
        return (await publish(self.operator, drafted, active_from, self.tokens["center_leader"])).number

    async def switch(self, profile: str, area: str, *, on: bool) -> Switched:
        """Switch a mode, in force as soon as may be, as the center's leader."""
        asked = Switch(profile=profile, area=area, on=on, reason="气象台红色预警")
        in_force = (await self.reference.at(await self.now())).version
        return await switch_and_tell(self.operator, asked, in_force, self.tokens["center_leader"])

    async def open(self, *names: str, item: str = "0203", place: Place | None = None, **report: Any) -> None:
        """Report each name now and open its case by the version in force."""
        now = await self.now()
        reference = await self.reference.at(now)
        facts = [a_report(name, item=item, text=None, accepted_at=now, **report) for name in names]
        placed = [msgspec.structs.replace(one, place=place or one.place) for one in facts]
        async with self.openings.gate() as gate:
            await gate.open_once([decide(one, reference, EPOCH) for one in placed])

    async def rows(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self.database.dsn())
        try:
            return [tuple(row) for row in await connection.fetch(sql, *arguments)]
        finally:
            await connection.close()

    async def due(self, kind: str = "handling", where: str = "true") -> list[datetime]:
        """Return when the running clocks of a kind are due, by case."""
        sql = f"select due_at from ledger.clocks k join ledger.cases c using (case_id) where k.kind = $1 and {where}"
        return [
            row[0] for row in await self.rows(f"{sql} and stopped_at is null order by c.number, k.unit, k.cycle", kind)
        ]


@asynccontextmanager
async def a_town(
    database: Database, version: ReferenceVersion, at: datetime, admitted: Sequence[Admission] = ()
) -> AsyncIterator[Town]:
    """Open a town whose first version is in force, at an instant; `admitted` stands in the register."""
    database.run_sql(CLOCK)
    operator = await asyncpg.connect(database.dsn("operator"))
    try:
        async with (
            asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4) as pool,
            asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4) as desk,
        ):
            town = Town(database, operator, pool, desk, await give_tokens(operator))
            await adopt(operator, admitted)
            await town.publish(version, datetime(2026, 1, 1, tzinfo=UTC))
            town.at(at)
            yield town
    finally:
        await operator.close()
