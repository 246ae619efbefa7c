"""A person says that they told a reporter whom no message reaches."""

from typing import Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.desk.store.inside import as_person

TOLD: Final = "select notify.told_by_person($1, $2)"


async def tell(pool: Pool, token_hash: bytes, answer: UUID, note: str) -> int:
    """Return how many answers wait no more; 0 where it is not theirs, or was told before."""
    async with as_person(pool, token_hash) as connection:
        told: int = await connection.fetchval(TOLD, answer, note)
    return told
