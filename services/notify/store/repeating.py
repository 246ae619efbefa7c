"""Telling again, and telling for a test: what an operator asks for by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.chassis.postgres import Pool
from services.notify.domain.bodies import body_of_test, message_id_of

REPLAYED_MAX: Final = 10_000
"""Messages told again by one command."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a test message stands."""

    state: str
    attempts: int
    next_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Repeating:
    """Writes messages that are due at once; the courier delivers them like any other."""

    pool: Pool

    async def send_test(self, subscription_id: UUID, test_id: UUID, at: datetime) -> bool:
        """Write a test message, due at once. False when the subscription is not active."""
        unit = await self.pool.fetchval("select notify.subscribed($1)", subscription_id)
        if unit is None:
            return False
        body = body_of_test(test_id, unit, at)
        message_id = message_id_of(test_id, subscription_id)
        return bool(
            await self.pool.fetchval(
                "select notify.send_test($1, $2, $3, $4)", test_id, subscription_id, message_id, body
            )
        )

    async def outcome_of(self, test_id: UUID) -> Standing | None:
        """Return how a test message stands; None where there is none of this id."""
        row: Any = await self.pool.fetchrow("select * from notify.outcome_of($1)", test_id)
        return None if row is None else Standing(**row)

    async def replay(self, subscription_id: UUID, since: datetime, until: datetime) -> int:
        """Tell again what was told between two instants, under the same ids; return how many messages."""
        return int(
            await self.pool.fetchval(
                "select notify.replay($1, $2, $3, $4)", subscription_id, since, until, REPLAYED_MAX
            )
        )
