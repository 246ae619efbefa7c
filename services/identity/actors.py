"""The actor of a request, looked up from the token every time: a role that ends has ended for the next request."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

WHO_IS_ASKING: Final = "select person_id, unit, role, units, lanes, roles from identity.actor_of($1)"
ASK_AS: Final = "select set_config('whistle.token', $1, true)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffActor:
    """A person at work: who, for which unit, and what the roles valid now let them see."""

    person_id: UUID
    unit: str
    role: str
    units: frozenset[str]
    lanes: frozenset[str]
    roles: frozenset[str]


async def who_is_asking(connection: "Connection", token_hash: bytes) -> StaffActor | None:
    """Return the token's person; None if it is unknown, revoked or expired, or its person has no role now."""
    row = await connection.fetchrow(WHO_IS_ASKING, token_hash)
    if row is None:
        return None
    return StaffActor(
        person_id=UUID(int=row["person_id"].int),
        unit=row["unit"],
        role=row["role"],
        units=frozenset(row["units"]),
        lanes=frozenset(row["lanes"]),
        roles=frozenset(row["roles"]),
    )


async def ask_as(connection: "Connection", token_hash: bytes) -> None:
    """Let row-level security see this token until the transaction ends."""
    await connection.execute(ASK_AS, token_hash.hex())
