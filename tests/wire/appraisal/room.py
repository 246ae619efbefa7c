"""The appraisal's tables with a town in force and a clock that a test sets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from prometheus_client import CollectorRegistry

from services.appraisal.domain.kept import KeptNotice
from services.appraisal.domain.periods import Period
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.ports import Row
from services.appraisal.store.drafting import draft
from services.appraisal.store.facts import PostgresFacts
from services.appraisal.timers import Compiler, Drafting
from services.chassis.outages import Outages
from services.chassis.postgres import Pool, postgres_pool
from services.chassis.settings import PostgresSettings
from services.contracts.codec import decode
from services.contracts.events import NoticeIssued
from services.reference.model.appraising import AppraisalPolicy
from services.reference.model.organisation import Unit
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import content_of
from tests.builders import the_policies
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story, row_from
from tests.wire.desk.office import person_sql

ZONE = ZoneInfo("Asia/Shanghai")
UNITS = (
    Unit(id="district", name_zh="青桐区", kind="district"),
    Unit(id="district_command_center", name_zh="区指挥中心", kind="center", parent="district"),
    Unit(id="drainage", name_zh="排水中心", kind="department", parent="district"),
    Unit(id="sanitation", name_zh="环卫中心", kind="department", parent="district"),
    Unit(id="san-02", name_zh="环卫桥东所", kind="branch_office", parent="sanitation"),
    Unit(id="statistics", name_zh="统计局", kind="department", parent="district"),
    Unit(id="sub-01", name_zh="桥西街道", kind="subdistrict", parent="district"),
    Unit(id="sub-02", name_zh="桥东街道", kind="subdistrict", parent="district"),
)


@dataclass(frozen=True, slots=True)
class Room:
    """What a test does to the tables, and what it asks of them."""

    database: Database
    pool: Pool
    compiler: Compiler

    def at(self, instant: datetime) -> None:
        self.database.run_sql(f"update public.stepped set at = '{instant.isoformat()}'")

    async def keep(self, stories: Sequence[Story], notices: Sequence[KeptNotice] = ()) -> None:
        await self.keep_rows([row_from(event) for story in stories for event in story.events])
        await PostgresFacts(self.pool).keep_notices_once(notices)

    async def keep_rows(self, rows: Sequence[Row]) -> None:
        await PostgresFacts(self.pool).keep_once(rows)

    def state(self, *stories: Story) -> None:
        """Let the ledger have stated the facts of cases."""
        self.database.run_sql(
            "".join(
                "insert into ledger.facts (case_id, version, topic, event_id, at, body) values"
                f" ('{each.case_id}', {each.version}, '{each.TYPE}', '{each.event_id}', '{each.at.isoformat()}', '');"
                for story in stories
                for each in story.events
            )
        )

    def another_process(self) -> Compiler:
        """Return what a process that has just started has: nothing remembered, nothing to rest from."""
        return Compiler(self.pool, ZONE, self.compiler.metrics, self.compiler.outages, self.compiler.drafting)

    def notices(self, kind: str) -> list[NoticeIssued]:
        """Return the notices issued so far."""
        bodies = self.database.run_sql("select encode(body, 'hex') from ledger.notices order by at").split()
        found = [decode(bytes.fromhex(body), NoticeIssued) for body in bodies]
        return [notice for notice in found if notice.kind == kind]


def drafting_in(pool: Pool) -> Drafting:
    """Return drafting in the test's own process; `test_drafting_apart` shows that it is the same in another."""

    async def drafted(period: Period, at: datetime) -> bool:
        async with pool.acquire() as connection:
            await draft(connection, period, ZONE, at, after_reading=lambda: None)
        return True

    return drafted


@asynccontextmanager
async def a_room(database: Database, policy: AppraisalPolicy | None = None) -> AsyncIterator[Room]:
    """Give the room, the first reference version in force since January, and a leader who may publish."""
    policies = msgspec.structs.replace(the_policies(), appraisal=policy or AppraisalPolicy())
    version = ReferenceVersion(organisation=UNITS, catalogue=(), rules=(), policies=policies, calendars=())
    database.run_sql(
        "create table public.stepped (at timestamptz not null); insert into public.stepped values (now());"
        "grant select on public.stepped to public; grant usage on schema public to public;"
        "create or replace function clock.now() returns timestamptz language sql as 'select at from public.stepped';"
        "insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content) values"
        f" (1, '2026-01-01', '2026-01-01', gen_random_uuid(), gen_random_uuid(), '\\x{content_of(version).hex()}');"
        + person_sql("a leader", "district_command_center", "center_leader")
        + person_sql("an inspector", "district_command_center", "inspector")
    )
    registry = CollectorRegistry()
    async with postgres_pool(PostgresSettings(dsn=database.dsn("appraisal"), password=None)) as pool:
        metrics, outages = AppraisalMetrics.create(registry), Outages(registry, "appraisal")
        yield Room(database, pool, Compiler(pool, ZONE, metrics, outages, drafting_in(pool)))
