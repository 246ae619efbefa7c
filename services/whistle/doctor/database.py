"""PostgreSQL: reachable, durable, at the head of its migrations, and telling the real time; what stands in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.chassis import migrations
from services.chassis.clock import clock_is_real
from services.chassis.postgres import UnsafeServerError, assert_durable
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import version_of
from services.whistle.connecting import Connection
from services.whistle.doctor.finding import Finding
from services.whistle.settings import CliSettings

NOW: Final = "select clock.now()"
STOP: Final = "select reason from ledger.clock_stop"
ACTIVE: Final = """
    select version, active_from, content from reference.versions
    where version = reference.version_at((select clock.now()))
"""
CENSUS: Final = "select * from ledger.census()"
OWED_SECONDS_MAX: Final = 60.0


async def look(connection: Connection, settings: CliSettings) -> Sequence[Finding]:
    """Return what every check of an open connection finds."""
    version = await connection.fetchval("show server_version")
    findings = [Finding.ok("postgres", f"version {version}"), await durable(connection)]
    head = await at_head(settings)
    findings.append(head)
    if head.state == "failed":
        return [*findings, Finding.skipped("the rest of the database", "until the migrations are applied")]
    active = await connection.fetchrow(ACTIVE)
    now: datetime = await connection.fetchval(NOW)
    reference = version_of(active["content"], active["version"], active["active_from"]) if active else None
    return [
        *findings,
        await real_clock(connection),
        await running_clock(connection),
        reference_active(reference),
        calendar(reference, now.year),
        *census(dict(await connection.fetchrow(CENSUS) or {})),
    ]


async def durable(connection: Connection) -> Finding:
    try:
        await assert_durable(connection)
    except UnsafeServerError as error:
        remedy = "set fsync, full_page_writes and synchronous_commit to on in postgresql.conf and restart the server"
        return Finding.failed("durable commits", str(error), remedy)
    return Finding.ok("durable commits", "fsync, full_page_writes and synchronous_commit are on")


async def at_head(settings: CliSettings) -> Finding:
    at = settings.operator
    try:
        missing = await migrations.pending(at.dsn, at.password)
    except (migrations.ChangedMigrationError, asyncpg.PostgresError) as error:
        return Finding.failed("migrations", str(error), "restore the file as it was applied, or run `whistle migrate`")
    fault = f"{len(missing)} missing, the first is {missing[0]}" if missing else None
    return Finding.judged("migrations", fault, "at head", "whistle migrate")


async def real_clock(connection: Connection) -> Finding:
    if await clock_is_real(connection):
        return Finding.ok("clock", "clock.now() is the server's own clock")
    remedy = "in production: `create or replace function clock.now()` as services/chassis/sql/0002_clock.sql has it"
    return Finding.failed("clock", "clock.now() is not the server's own clock (a demo or test database?)", remedy)


async def running_clock(connection: Connection) -> Finding:
    reason = await connection.fetchval(STOP)
    return Finding.judged("time acts", reason, "settling runs", "check the server's time, then `whistle clock confirm`")


def reference_active(version: ReferenceVersion | None) -> Finding:
    if version is None:
        return Finding.failed("reference version", "none is published", "whistle load district DIR")
    return Finding.ok("reference version", f"{version.number}, in force since {version.active_from}")


def calendar(version: ReferenceVersion | None, year: int) -> Finding:
    """Return whether this year and the next are confirmed; a provisional year means deadlines that may still move."""
    known = {each.year: each.status for each in version.calendars} if version else {}
    shown = ", ".join(f"{number} {status}" for number, status in sorted(known.items())) or "none"
    fine = known.get(year) == "confirmed" and known.get(year + 1) == "confirmed"
    remedy = f"once the State Council has published it: whistle calendar import CN-{year + 1}.json, then publish"
    return Finding.judged("calendar", None if fine else f"{shown}; {year + 1} is not confirmed", shown, remedy)


def census(counted: Mapping[str, Any]) -> list[Finding]:
    """Judge what monitoring counts."""
    late = counted["step_owed_seconds"]
    letters = counted["open_dead_letters"]
    return [
        Finding.judged(
            "owed steps",
            f"the oldest has been owed for {late:.0f} s" if late > OWED_SECONDS_MAX else None,
            f"{counted['steps_owed']} owed",
            "is sla running? see docs/runbook/StepsLate.md",
        ),
        Finding.judged(
            "dead letters", f"{letters} open" if letters else None, "none", "whistle dlq ls, then replay or discard"
        ),
    ]
