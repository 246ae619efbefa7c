"""Samples that were drawn: kept for good, so that an inspection can be drawn again and compared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import asyncpg

from services.appraisal.domain.periods import Period
from services.appraisal.store.publishing import NotPublishedError
from services.contracts.codec import NAMESPACE

if TYPE_CHECKING:
    from services.identity.actors import Connection

DRAW: Final = "select appraisal.draw_sample($1, $2, $3, $4, $5, $6, $7)"


async def keep_sample(
    connection: "Connection", period: Period, seed: int, size: int, cases: Sequence[tuple[str, UUID]], token_hash: bytes
) -> UUID:
    """Keep a sample as drawn by the token's person, and return its id. Raises NotPublishedError."""
    sample_id = uuid5(NAMESPACE, f"sample/{period.name}/{seed}/{size}")
    numbers, ids = [number for number, _ in cases], [case_id for _, case_id in cases]
    try:
        known: UUID = await connection.fetchval(DRAW, sample_id, period.name, seed, size, ids, numbers, token_hash)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise NotPublishedError(str(error)) from error
    return known
