"""Migrations, roles and the clock on a real PostgreSQL."""

from pathlib import Path

import asyncpg
import pytest

from services.chassis import clock, migrations
from services.chassis.migrations import ChangedMigrationError, Migration, set_passwords
from services.chassis.postgres import UnsafeServerError, assert_durable, postgres_pool
from services.chassis.settings import PostgresSettings
from tests.environment.database import Database

pytestmark = pytest.mark.postgres


async def test_a_fresh_database_takes_every_migration_and_then_needs_none(database: Database) -> None:
    assert await migrations.pending(database.dsn()) == []
    assert await migrations.migrate(database.dsn()) == []


async def test_a_file_that_changed_after_it_was_applied_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations.known_migrations()
    changed = [Migration(one.room, one.name, one.text + "\n-- ") if one is known[1] else one for one in known]
    monkeypatch.setattr(migrations, "known_migrations", lambda: changed)

    with pytest.raises(ChangedMigrationError, match=str(known[1])):
        await migrations.migrate(database.dsn())


async def test_a_file_that_fails_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration("desk", "9999_broken.sql", "create table public.half (id int); select 1/0;")
    known = [*migrations.known_migrations(), broken]
    monkeypatch.setattr(migrations, "known_migrations", lambda: known)

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrations.migrate(database.dsn())

    assert await migrations.pending(database.dsn()) == [str(broken)]
    assert database.run_sql("select to_regclass('public.half')").strip() == ""


def test_no_role_of_a_process_owns_a_table_or_sees_past_row_level_security(database: Database) -> None:
    names = "intake_api intake_relay router ledger_writer desk_api board_reader notify appraisal reconciler operator"
    roles = ",".join(f"'{name}'" for name in names.split())
    strong = f"select count(*) from pg_roles where rolname in ({roles}) and (rolsuper or rolbypassrls or rolcreaterole)"
    owned = f"select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ({roles})"

    assert database.run_sql(f"select count(*) from pg_roles where rolname in ({roles})").strip() == "10"
    assert database.run_sql(strong).strip() == "0"
    assert database.run_sql(owned).strip() == "0"


async def test_the_clock_is_real_until_somebody_replaces_it(database: Database) -> None:
    connection = await asyncpg.connect(database.dsn("router"))
    try:
        assert (await clock.now(connection)).tzinfo is not None
        assert await clock.clock_is_real(connection)

        database.run_sql(
            "create or replace function clock.now() returns timestamptz language sql volatile"
            " as $$ select timestamptz '2026-03-02 09:00+08' $$"
        )

        assert not await clock.clock_is_real(connection)
        assert (await clock.now(connection)).isoformat() == "2026-03-02T01:00:00+00:00"
    finally:
        await connection.close()


async def test_a_role_gets_the_password_of_its_file(database: Database, tmp_path: Path) -> None:
    before = database.password_file("operator").read_text(encoding="utf-8")
    secret = tmp_path / "operator"
    secret.write_text("new-'password'\n", encoding="utf-8")
    superuser = database.server.dsn("postgres", database.name)

    await set_passwords(superuser, {"operator": secret})
    stored = database.run_sql(
        "select rolpassword like 'SCRAM-SHA-256$4096:%' from pg_authid where rolname = 'operator'"
    )
    await set_passwords(superuser, {"operator": database.password_file("operator")})

    assert stored.strip() == "t"
    assert before


async def test_a_server_that_may_lose_commits_is_refused(database: Database) -> None:
    settings = PostgresSettings(dsn=database.dsn("router"), password=None)

    async with postgres_pool(settings) as pool, pool.acquire() as connection:
        await connection.execute("set synchronous_commit = off")

        with pytest.raises(UnsafeServerError, match="synchronous_commit"):
            await assert_durable(connection)
