"""The digest of the person who asks, by the definition that the daily one uses."""

from typing import TYPE_CHECKING, Final

import msgspec

from services.desk.domain.digest import Digest
from services.desk.queries.asking import NobodyAsksError
from services.ledger.domain.schedules import day_of

if TYPE_CHECKING:
    from services.identity.actors import Connection

NOW: Final = "select clock.now()"
DIGEST: Final = "select at, units, new, open, due_today, overdue from ledger.digest_of($1, $2, $3)"


async def digest_of(connection: "Connection", token_hash: bytes) -> Digest:
    """Return what the token's person has in hand now."""
    row = await connection.fetchrow(DIGEST, token_hash, *day_of(await connection.fetchval(NOW)))
    if row is None:
        raise NobodyAsksError
    return msgspec.convert(dict(row), Digest)
