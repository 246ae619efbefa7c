"""`whistle restore`: a backup into an empty database, beside topics that may know more than it does.

The restored database begins a new epoch, so that nothing it will say can be mistaken for what was said after the
backup; every consumer group begins at the topics' ends, so that nothing of that takes effect. What the restored tables
themselves still miss is sent again by the reconciler (design §10).
"""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from services.chassis.settings import PostgresSettings
from services.whistle.backup import MAJOR
from services.whistle.connecting import Connection, postgres
from services.whistle.exits import RefusedError
from services.whistle.groups import begin_at_the_ends, note_epoch, noted_epoch
from services.whistle.postgres_tools import Tools, tools_for
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, busy
from services.whistle.topics import make_topics

OWNER: Final = "migrator"
SCHEMAS: Final = """
    select array_agg(nspname::text order by nspname) from pg_catalog.pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
"""
MISSING_ROLES: Final = """
    select array_agg(role) from unnest($1::text[]) wanted (role)
    where not exists (select from pg_catalog.pg_roles where rolname = role)
"""
ANALYZE_SECONDS_MAX: Final = 600.0
MAY_CREATE: Final = "select pg_catalog.has_schema_privilege($1, $2, 'create')"
EPOCHS: Final = "select max(epoch) from delivery.epochs"
NEW_EPOCH: Final = "insert into delivery.epochs (epoch, reason) values ($1, $2)"
_OWNED: Final = re.compile(r"^ALTER ([A-Z ]+) (([a-z_]+)\..+) OWNER TO ([a-z_]+);$", re.MULTILINE)
_GRANTED: Final = re.compile(r" TO ([a-z_]+)(?: WITH GRANT OPTION)?;$", re.MULTILINE)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `whistle backup` wrote.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty database. Stop every service first; start them again afterwards."""
    answer(_restore(file), as_json=as_json)


async def _restore(file: Path) -> Answer:
    settings = CliSettings.read()
    at, brokers = settings.migrator, settings.brokers
    async with postgres(at) as connection:
        tools = tools_for(await connection.fetchval(MAJOR))
        plan = await tools.run("pg_restore", "--section=pre-data", "--file=-", str(file))
        await _require_empty(connection)
        await _require_roles(connection, plan)
    # First what can be done again: a restore that fails from here on is repeated as a whole.
    await make_topics(brokers, settings.kafka_replication)
    groups = await begin_at_the_ends(brokers)
    with busy("restoring"):
        await _load(tools, at, file)
    async with postgres(at) as connection:
        async with connection.transaction():
            await _give_back(connection, plan)
        epoch = max(await connection.fetchval(EPOCHS), await noted_epoch(brokers)) + 1
        await note_epoch(brokers, epoch)
        await connection.execute(NEW_EPOCH, epoch, f"restored from {file.name}"[:200])
        # A restored table has no statistics: the board's first look would be planned as if every table were small.
        await connection.execute("analyze", timeout=ANALYZE_SECONDS_MAX)
    told = {"epoch": epoch, "groups": groups}
    lines = [f"restored; epoch {epoch} begins; {', '.join(groups)} begin at the topics' ends", "now start the services"]
    return Answer(told, lines)


async def _require_empty(connection: Connection) -> None:
    if found := await connection.fetchval(SCHEMAS):
        raise RefusedError(
            f"the database is not empty (it has {', '.join(found)}); create a new one owned by {OWNER}, "
            "and name it in WHISTLE_CLI_MIGRATOR_DSN"
        )


async def _require_roles(connection: Connection, plan: str) -> None:
    named = {*_GRANTED.findall(plan), *(owner for *_, owner in _OWNED.findall(plan))} - {"public"}
    if missing := await connection.fetchval(MISSING_ROLES, sorted(named)):
        roles = ", ".join(sorted(missing))
        raise RefusedError(f"this server has no role {roles}; run deploy/postgres/roles.sql as its superuser first")


async def _load(tools: Tools, at: PostgresSettings, file: Path) -> None:
    # Without owners: a function's owner may own nothing in its schema, so only `_give_back` can hand it over.
    await tools.run(
        *("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", f"--role={OWNER}", str(file)), at=at
    )


async def _give_back(connection: Connection, plan: str) -> None:
    """Give each function and view back to the definer role that owned it."""
    await connection.execute(f"set local role {OWNER}")
    for kind, name, schema, owner in _OWNED.findall(plan):
        if owner == OWNER:
            continue
        may_create = await connection.fetchval(MAY_CREATE, owner, schema)
        if not may_create:
            await connection.execute(f"grant create on schema {schema} to {owner}")
        await connection.execute(f"alter {kind} {name} owner to {owner}")
        if not may_create:
            await connection.execute(f"revoke create on schema {schema} from {owner}")
