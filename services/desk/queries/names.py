"""Names of persons, for pages that say who did something."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from services.identity.actors import Connection

NAMES: Final = "select person_id, name from identity.names_of($1)"
PEOPLE: Final = "select person_id, name from identity.people_of($1, $2)"


async def names_of(connection: "Connection", persons: Collection[UUID]) -> Mapping[UUID, str]:
    """Return what these persons are called; who is not known is left out."""
    rows = await connection.fetch(NAMES, list(persons))
    return {UUID(int=row["person_id"].int): row["name"] for row in rows}


async def people_of(connection: "Connection", token_hash: bytes, unit: str) -> Mapping[UUID, str]:
    """Return who works in a unit now, as far as the token's person keeps rosters; nobody else is told."""
    rows = await connection.fetch(PEOPLE, token_hash, unit)
    return {UUID(int=row["person_id"].int): row["name"] for row in rows}
