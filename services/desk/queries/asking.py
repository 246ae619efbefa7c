"""A read as the person who asks: one transaction, one snapshot, row-level security by the token, nothing kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.chassis.postgres import Pool
from services.identity.actors import StaffActor, ask_as, who_is_asking
from services.ledger.domain.acts import Asker

if TYPE_CHECKING:
    from services.identity.actors import Connection

ACQUIRE_SECONDS_MAX = 3.0


class NobodyAsksError(Exception):
    """The token is unknown, expired or revoked, or its person has no role now."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An open transaction that sees what its person may see."""

    connection: "Connection"
    actor: StaffActor

    @property
    def asker(self) -> Asker:
        actor = self.actor
        return Asker(
            person_id=actor.person_id,
            unit=actor.unit,
            role=actor.role,
            units=tuple(sorted(actor.units)),
            lanes=tuple(sorted(actor.lanes)),
            roles=tuple(sorted(actor.roles)),
        )


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
        actor = await who_is_asking(connection, token_hash)
        if actor is None:
            raise NobodyAsksError
        await ask_as(connection, token_hash)
        yield Asking(connection, actor)
