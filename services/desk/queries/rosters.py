"""Reading and keeping rosters through the ledger's functions, which check again who asks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import asyncpg

from services.contracts.codec import NAMESPACE
from services.desk.domain.rosters import Roster, Shift, ShiftEntered
from services.desk.queries.asking import NobodyAsksError

if TYPE_CHECKING:
    from services.identity.actors import Connection

VERSION: Final = "select reference.version_at(clock.now())"
ROSTER: Final = "select shift_id, person_id, begins_at, ends_at from ledger.roster_of($1, $2)"
ENTER: Final = "select ledger.enter_shift($1, $2, $3, $4, $5, $6, $7)"
END: Final = "select ledger.end_shift($1, $2, $3, $4)"


async def version_in_force(connection: "Connection") -> int:
    """Return the reference version that says where units lie now."""
    return int(await connection.fetchval(VERSION))


async def roster_of(connection: "Connection", token_hash: bytes, unit: str) -> Roster:
    """Return a unit's roster from now on."""
    rows = await connection.fetch(ROSTER, token_hash, unit)
    return Roster(unit=unit, shifts=tuple(Shift(**row) for row in rows))


async def enter(
    connection: "Connection", token_hash: bytes, entered: ShiftEntered, keepers: Iterable[str]
) -> tuple[UUID, str | None]:
    """Enter a shift; return its id and what is wrong with it, if anything.

    Raises:
        NobodyAsksError: the token opens nothing.
    """
    shift_id = shift_id_of(entered)
    values = (shift_id, entered.unit, entered.person_id, entered.begins_at, entered.ends_at)
    try:
        wrong = await connection.fetchval(ENTER, token_hash, *values, list(keepers))
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise NobodyAsksError from error
    return shift_id, wrong


async def end(
    connection: "Connection", token_hash: bytes, unit: str, shift_id: UUID, keepers: Iterable[str]
) -> str | None:
    """End a shift; return what is wrong, if anything.

    Raises:
        NobodyAsksError: the token opens nothing.
    """
    try:
        wrong: str | None = await connection.fetchval(END, token_hash, unit, shift_id, list(keepers))
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise NobodyAsksError from error
    return wrong


def shift_id_of(entered: ShiftEntered) -> UUID:
    """Return the id of an entry: entering the same shift twice is entering it once."""
    parts = (entered.unit, str(entered.person_id), entered.begins_at.isoformat(), entered.ends_at.isoformat())
    return uuid5(NAMESPACE, "/".join(("shift", *parts)))
