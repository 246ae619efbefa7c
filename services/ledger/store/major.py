"""Major matters of a batch, raised in the transaction that opens their cases; most batches have none (X-15)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.codec import encode
from services.ledger.domain.major import is_major, notice_of, who_hears
from services.ledger.domain.state import CaseRow
from services.reference.model.policies import Policies

RAISE: Final = "select ledger.raise_major($1, $2)"
_ENCODER: Final = msgspec.json.Encoder()


class MajorRow(msgspec.Struct, kw_only=True):
    """One major matter; the notice's bytes stand beside, in the same order."""

    case_id: UUID
    at: datetime
    units: tuple[str, ...]
    notice_id: UUID


async def raise_major(
    connection: Any,
    rows: Iterable[CaseRow],
    opened: Collection[UUID],
    policies: Mapping[int, Policies],
    epoch: int,
) -> None:
    """Put the major ones of the cases just opened into the leader's feed, and issue their notices."""
    major = [row for row in rows if is_major(row, policies[row.reference_version]) and row.case_id in opened]
    if not major:
        return
    notices = [notice_of(row, epoch) for row in major]
    raised = [
        MajorRow(case_id=row.case_id, at=notice.at, units=who_hears(row), notice_id=notice.event_id)
        for row, notice in zip(major, notices, strict=True)
    ]
    await connection.execute(RAISE, _ENCODER.encode(raised).decode(), [encode(notice) for notice in notices])
