"""Who opened a page: the session's person with the roles valid now, and the instant by the database's clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from services.identity.actors import Connection

VISITOR: Final = """
    select s.person_id, s.name, s.login, s.must_change, a.unit, a.role, a.units, a.lanes, a.roles
    from identity.session_of($1, $2) s left join identity.actor_of($1) a on true
"""
NOW: Final = "select clock.now()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person at work. Without a role now they may log in, and see that they have none."""

    person_id: UUID
    name: str
    login: str
    must_change: bool
    unit: str
    role: str
    units: tuple[str, ...]
    lanes: tuple[str, ...]
    roles: tuple[str, ...]

    def is_one_of(self, *roles: str) -> bool:
        """Whether one of the roles is theirs now."""
        return not set(roles).isdisjoint(self.roles)


async def visitor_of(connection: "Connection", token_hash: bytes, *, quiet: bool) -> Visitor | None:
    """Return who holds the session; None when it is none. Unless `quiet` it counts as used."""
    row = await connection.fetchrow(VISITOR, token_hash, quiet)
    if row is None:
        return None
    return Visitor(
        person_id=UUID(int=row["person_id"].int),
        name=row["name"],
        login=row["login"],
        must_change=row["must_change"],
        unit=row["unit"] or "",
        role=row["role"] or "",
        units=tuple(row["units"] or ()),
        lanes=tuple(row["lanes"] or ()),
        roles=tuple(row["roles"] or ()),
    )


async def now_of(connection: "Connection") -> datetime:
    """Return the database's instant."""
    instant: datetime = await connection.fetchval(NOW)
    return instant
