"""A read as the person who asks: one transaction, one snapshot, row-level security by the token, nothing kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.ledger.domain.acts import Asker

if TYPE_CHECKING:
    from services.identity.actors import Connection

ACQUIRE_SECONDS_MAX: Final = 3.0

# One round trip says who asks, lets row-level security see it until the transaction ends, and keeps every plan on the
# indexes: the planner takes a policy's `units && …` to keep one row in a hundred, so it would rather sort a whole queue
# than read a page of it in due order. Such plans fit any values, so they are kept: planning costs more than a page.
ASK: Final = """
    select set_config('whistle.token', $2, true), set_config('enable_sort', 'off', true),
        set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
        set_config('plan_cache_mode', 'force_generic_plan', true),
        person_id, unit, role, units, lanes, roles
    from identity.actor_of($1)
"""


class NobodyAsksError(Exception):
    """The token is unknown, expired or revoked, or its person has no role now."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An open transaction that sees what its person may see."""

    connection: "Connection"
    asker: Asker


@asynccontextmanager
async def asking(pool: Pool, token_hash: bytes) -> AsyncIterator[Asking]:
    """Open a read-only transaction for the token's person.

    Raises:
        NobodyAsksError: before anything is read.
    """
    async with (
        pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        row = await connection.fetchrow(ASK, token_hash, token_hash.hex())
        if row is None:
            raise NobodyAsksError
        asker = Asker(
            person_id=UUID(int=row["person_id"].int),
            unit=row["unit"],
            role=row["role"],
            units=tuple(row["units"]),
            lanes=tuple(row["lanes"]),
            roles=tuple(row["roles"]),
        )
        yield Asking(connection, asker)
