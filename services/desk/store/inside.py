"""Work inside a unit: who has a case here, notes for colleagues; written as the person who asks."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.identity.actors import ask_as

if TYPE_CHECKING:
    from services.identity.actors import Connection

HOLD: Final = "select ledger.hold($1, $2, $3)"
NOTE: Final = "select ledger.note_in_unit($1, $2, $3)"
HOLDERS: Final = """
    select h.case_id, h.unit, h.person_id, n.name
    from ledger.holders h
    join identity.names_of((select array_agg(distinct o.person_id) from ledger.holders o where o.case_id = any ($1))) n
        using (person_id)
    where h.case_id = any ($1)
"""
NOTES: Final = """
    select u.unit, u.at, u.text, n.name
    from ledger.unit_notes u
    left join lateral identity.names_of(array[u.person_id]) n on true
    where u.case_id = $1 order by u.at
"""
COLLEAGUES: Final = "select person_id, name, unit, role from identity.colleagues() order by unit, name"


@dataclass(frozen=True, slots=True)
class Colleague:
    person_id: UUID
    name: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who of a unit has the case."""

    case_id: UUID
    unit: str
    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class UnitNote:
    unit: str
    at: datetime
    text: str
    name: str


@asynccontextmanager
async def as_person(pool: Pool, token_hash: bytes) -> AsyncIterator["Connection"]:
    """Open a transaction that may write what the token's person may."""
    async with pool.acquire() as connection, connection.transaction():
        await ask_as(connection, token_hash)
        yield connection


async def hold(connection: "Connection", case_id: UUID, unit: str, person_id: UUID) -> bool:
    """Give the case to a colleague of the unit; false when it is not theirs to give."""
    held: bool = await connection.fetchval(HOLD, case_id, unit, person_id)
    return held


async def note_in_unit(connection: "Connection", case_id: UUID, unit: str, text: str) -> bool:
    """Leave a note for colleagues; false when it is not their unit's case."""
    noted: bool = await connection.fetchval(NOTE, case_id, unit, text)
    return noted


async def holders_of(connection: "Connection", case_ids: Iterable[UUID]) -> Sequence[Holder]:
    """Return who of the asker's units has which of the cases."""
    rows = await connection.fetch(HOLDERS, list(case_ids))
    return [Holder(_id(row["case_id"]), row["unit"], _id(row["person_id"]), row["name"]) for row in rows]


async def notes_of(connection: "Connection", case_id: UUID) -> Sequence[UnitNote]:
    """Return the notes of the asker's units, oldest first."""
    rows = await connection.fetch(NOTES, case_id)
    return [UnitNote(row["unit"], row["at"], row["text"], row["name"] or "") for row in rows]


async def colleagues_of(connection: "Connection") -> Sequence[Colleague]:
    """Return who works in the asker's units now, the asker too."""
    rows = await connection.fetch(COLLEAGUES)
    return [Colleague(_id(row["person_id"]), row["name"], row["unit"], row["role"]) for row in rows]


def _id(value: UUID) -> UUID:
    # asyncpg gives a subclass that msgspec and comparisons with it do not always take.
    return UUID(int=value.int)
