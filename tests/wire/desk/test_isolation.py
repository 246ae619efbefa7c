"""Row-level security of whatever says something of a case: by the catalogue, and by trying."""

from typing import Any, Final

import pytest

from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.desk.office import Office, token_of

pytestmark = pytest.mark.postgres

OF_CASES: Final = ("ledger", "intake", "vault")
"""Schemas whose tables say something of cases, unless they stand here with their reason."""
WITHOUT_POLICIES: Final = {
    "ledger.clock_stop": "whether the clock is stopped: of no case",
    "ledger.notices": "of no case; read by the ledger's own process and operators",
    "ledger.pending": "numbers of facts that are to be sent; read by the ledger's own process and operators",
}
UNGUARDED: Final = """
    select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ('{%s}') and c.relkind in ('r', 'p') and not c.relrowsecurity and exists (
        select from information_schema.role_table_grants g
        where g.table_schema = n.nspname and g.table_name = c.relname and g.grantee <> 'migrator'
            and g.grantee not like '%%\\_definer')
    order by 1
"""
WITHOUT_ASKING_WHO: Final = """
    select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
        and has_table_privilege('desk_api', c.oid, 'select')
        and exists (
            select from pg_attribute a where a.attrelid = c.oid and a.attname in ('case_id', 'report_id', 'number'))
        and pg_get_viewdef(c.oid) !~ 'identity\\.current_'
"""
PAST_POLICIES: Final = "select rolname from pg_roles where rolcanlogin and (rolsuper or rolbypassrls) order by 1"
OWNERS: Final = """
    select distinct pg_get_userbyid(c.relowner) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ('{%s}') and c.relkind in ('r', 'p')
"""
TRIED: Final = (
    "cases", "facts", "assignments", "clocks", "whistles", "whistle_calls", "holders", "unit_notes", "attachments",
    "likenesses", "major_matters",
)  # fmt: skip
ROWS: Final = f"""
    insert into ledger.holders (case_id, unit, person_id, since)
    values ('{an_id("case")}', 'drainage', '{an_id("person drainage")}', now());
    insert into ledger.unit_notes (case_id, unit, person_id, at, text)
    values ('{an_id("case")}', 'drainage', '{an_id("person drainage")}', now(), '车已派出');
    insert into ledger.attachments (attachment_id, case_id, unit, person_id, about, at, sha256, media_type, bytes,
        width, height)
    values ('{an_id("picture")}', '{an_id("case")}', 'drainage', '{an_id("person drainage")}', 'handle', now(),
        decode(repeat('00', 32), 'hex'), 'image/jpeg', 1, 1, 1);
    insert into ledger.likenesses (case_id, other, share, verdict, found_at)
    values ('{an_id("case")}', '{an_id("other")}', 0.9, 'propose', now());
    insert into ledger.major_matters (case_id, at, lane, barred_units, units)
    select case_id, now(), lane, barred_units, units from ledger.cases where case_id = '{an_id("case")}';
"""


def lines(database: Database, sql: str) -> list[str]:
    return [line for line in database.run_sql(sql).splitlines() if line]


def test_every_table_of_cases_that_anybody_may_read_has_row_level_security(database: Database) -> None:
    assert lines(database, UNGUARDED % ",".join(OF_CASES)) == sorted(WITHOUT_POLICIES)


def test_every_view_of_cases_that_people_read_through_asks_who_they_are(database: Database) -> None:
    assert lines(database, WITHOUT_ASKING_WHO) == []


def test_no_process_of_a_service_can_pass_the_policies_by(database: Database) -> None:
    """`FORCE` would bind owners only: every table's owner is the migrator, as whom no service runs."""
    assert lines(database, PAST_POLICIES) == ["migrator", "postgres"]
    assert lines(database, OWNERS % ",".join(OF_CASES)) == ["migrator"]


async def seen_by(office: Office, who: str) -> dict[str, int]:
    """Return how many rows of each table the person's transaction sees, with no condition of the application's own."""
    async with office.desk.pool.acquire() as connection, connection.transaction():
        return await _counted(connection, who)


async def _counted(connection: Any, who: str) -> dict[str, int]:
    await connection.execute("select set_config('whistle.token', $1, true)", token_of(who).token_hash.hex())
    return {table: await connection.fetchval(f"select count(*) from ledger.{table}") for table in TRIED}


async def test_a_unit_sees_rows_of_its_own_cases_and_none_of_others(office: Office) -> None:
    await office.open("case", "other")
    blown = {"type": "whistle", "kind": "emergency", "reason": "路面塌陷"}
    assert (await office.act("street", blown)).status_code == 200
    office.database.run_sql(ROWS)

    mine, others = await seen_by(office, "drainage"), await seen_by(office, "education")

    assert [table for table in TRIED if not mine[table]] == []
    assert others == dict.fromkeys(TRIED, 0)


async def test_who_is_not_of_the_lane_sees_none_of_its_rows(office: Office) -> None:
    await office.open("case", "other")
    assert (await office.act("street", {"type": "whistle", "kind": "emergency", "reason": "塌陷"})).status_code == 200
    office.database.run_sql(ROWS)

    for table in ("cases", "assignments", "clocks", "steps", "facts", "whistles", "whistle_calls", "major_matters"):
        has_lane = "select from information_schema.columns where column_name = 'lane' and table_schema = 'ledger'"
        if office.count(f"({has_lane} and table_name = '{table}') x"):
            office.database.run_sql(f"update ledger.{table} set lane = 'petition'")

    assert await seen_by(office, "drainage") == dict.fromkeys(TRIED, 0)


async def test_without_a_person_nothing_is_seen(office: Office) -> None:
    await office.open("case")

    async with office.desk.pool.acquire() as connection:
        assert [await connection.fetchval(f"select count(*) from ledger.{table}") for table in TRIED] == [0] * len(
            TRIED
        )
