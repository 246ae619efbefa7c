"""Work that was sent down without an admission: counted for its department, which is told, in one transaction."""

from collections.abc import Sequence
from typing import Any, Final

from services.contracts.codec import encode
from services.reference.sheets.refusals import Refusal
from services.reference.versions.admissions import note_refused, notices_of

NOW_AND_EPOCH: Final = "select (select clock.now()) as now, delivery.epoch() as epoch"
ISSUE: Final = "select ledger.issue_notice($1, $2, $3)"


async def count_and_tell(connection: Any, refused: Sequence[Refusal], token_hash: bytes) -> dict[str, int]:
    """Count what was refused and tell its departments and the leading group's office; return the counts so far."""
    async with connection.transaction():
        counts = await note_refused(connection, refused, token_hash)
        row = await connection.fetchrow(NOW_AND_EPOCH)
        for notice in notices_of(refused, counts, row["now"], row["epoch"]):
            await connection.execute(ISSUE, notice.event_id, notice.at, encode(notice))
    return counts
