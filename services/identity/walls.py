"""Walls: what a screen of the command center holds that shows the board over nights and deploys, and may do nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from services.identity.tokens import IssuedToken

if TYPE_CHECKING:
    from services.identity.actors import Connection

WALL_COOKIE: Final = "whistle_wall"
AT_MOST: Final = timedelta(days=366)
"""A wall ends by itself after so long: browsers keep no cookie much longer."""

WALL: Final = "select person_id, units from identity.wall_of($1)"
BEGIN: Final = "select identity.begin_wall($1, $2, $3, $4, $5)"
END: Final = "select identity.end_wall($1, $2)"
LIST: Final = "select prefix, place, name, begun_at, ends_at from identity.list_walls()"


@dataclass(frozen=True, slots=True)
class Wall:
    """Whose wall it is, and of which units."""

    person_id: UUID
    units: frozenset[str]


class WallOpen(NamedTuple):
    """A wall that shows the board now; `prefix` names it."""

    prefix: str
    place: str
    name: str
    begun_at: datetime
    ends_at: datetime


async def wall_of(connection: "Connection", token_hash: bytes) -> Wall | None:
    """Return the wall; None for what is none, or was ended, or whose person leads nothing any more."""
    row = await connection.fetchrow(WALL, token_hash)
    return None if row is None else Wall(UUID(int=row["person_id"].int), frozenset(row["units"]))


async def begin_wall(connection: "Connection", session: bytes, token: IssuedToken, place: str) -> bool:
    """Begin the wall `token` opens and end the leader's session; false for whoever may not."""
    began: bool = await connection.fetchval(BEGIN, session, token.token_hash, token.prefix, place, AT_MOST)
    return began


async def end_wall(connection: "Connection", session: bytes, prefix: str) -> bool:
    """End it; false for whoever may not, and for one that has ended."""
    ended: bool = await connection.fetchval(END, session, prefix)
    return ended


async def walls_open(connection: "Connection") -> list[WallOpen]:
    """Return the walls open now, the oldest first."""
    return [WallOpen(*row) for row in await connection.fetch(LIST)]
