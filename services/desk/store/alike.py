"""A person says that two cases are not about the same thing."""

from typing import Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.desk.store.inside import as_person

KEEP_APART: Final = "select ledger.keep_apart($1, $2)"


async def keep_apart(pool: Pool, token_hash: bytes, case_id: UUID, other: UUID) -> bool:
    """Return false where nothing was proposed, or one of the two is not theirs to see."""
    async with as_person(pool, token_hash) as connection:
        said: bool = await connection.fetchval(KEEP_APART, case_id, other)
    return said
