"""Persons with tokens, and a published version, for tests that need the city to have decided something."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from services.identity.persons import give_token, load_persons
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.persons import PersonInRole, PersonRole
from services.reference.versions.publish import draft, publish
from tests.builders import an_id
from tests.environment.database import Database

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ROLES: tuple[PersonRole, ...] = ("rule_owner", "center_leader", "clerk")


async def give_tokens(connection: Any) -> dict[str, bytes]:
    """Return one token each of a rule owner, a center leader and a clerk."""
    await load_persons(connection, [_person(role) for role in ROLES])
    tokens = {role: await give_token(connection, an_id(role), timedelta(hours=1)) for role in ROLES}
    return {role: token.token_hash for role, token in tokens.items()}


async def publish_first(database: Database, version: ReferenceVersion) -> None:
    """Publish the database's first version, in force since long ago."""
    connection = await asyncpg.connect(database.dsn("operator"))
    try:
        tokens = await give_tokens(connection)
        drafted = await draft(connection, version, "first", tokens["rule_owner"])
        await publish(connection, drafted, LONG_AGO, tokens["center_leader"])
    finally:
        await connection.close()


def _person(role: PersonRole) -> PersonInRole:
    return PersonInRole(
        person_id=an_id(role),
        name=role,
        unit="district_command_center",
        role=role,
        lane="ordinary",
        valid_from=LONG_AGO.date(),
        valid_to=None,
    )
