"""Persons and their roles into the database, from the sheet that `reference` reads and refuses."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.identity.tokens import IssuedToken, issue_token
from services.reference.sheets.persons import PersonInRole

if TYPE_CHECKING:
    from services.identity.actors import Connection

OFFICE_ZONE: Final = ZoneInfo("Asia/Shanghai")
ADD_PERSONS: Final = "select identity.add_person(p, n) from unnest($1::uuid[], $2::text[]) given (p, n)"
GIVE_ROLES: Final = """
    select identity.give_role(p, u, r, l, f, t)
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        given (p, u, r, l, f, t)
"""
STORE_HASH: Final = "select identity.issue_token($1, $2, $3, $4)"
NO_END: Final = datetime.max.replace(tzinfo=ZoneInfo("UTC"))


async def load_persons(connection: "Connection", rows: Sequence[PersonInRole]) -> int:
    """Add or rename the persons and give them their roles, all or nothing; return how many persons there are.

    A role is valid from the start of its first day, by the clock on the office's wall. Loading again changes nothing.
    """
    names = {row.person_id: row.name for row in rows}
    async with connection.transaction():
        await connection.execute(ADD_PERSONS, list(names), list(names.values()))
        await connection.execute(
            GIVE_ROLES,
            [row.person_id for row in rows],
            [row.unit for row in rows],
            [row.role for row in rows],
            [row.lane for row in rows],
            [_start_of(row.valid_from) for row in rows],
            [_start_of(row.valid_to) if row.valid_to else NO_END for row in rows],
        )
    return len(names)


async def give_token(connection: "Connection", person_id: UUID, valid_for: timedelta) -> IssuedToken:
    """Return a new token for a known person; its secret exists nowhere else."""
    token = issue_token()
    await connection.execute(STORE_HASH, token.token_hash, token.prefix, person_id, valid_for)
    return token


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_ZONE)
