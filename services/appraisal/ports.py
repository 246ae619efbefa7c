"""What the handlers need: a place where facts and notices are kept once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from services.appraisal.domain.kept import KeptNotice


class Row(msgspec.Struct, frozen=True, gc=False):
    """A fact as it is stored; see `appraisal.facts`."""

    case_id: UUID
    version: int
    at: datetime
    what: str
    item: str | None = None
    place: str | None = None
    due_at: datetime | None = None
    body: bytes | None = None


class Facts(Protocol):
    """What the figures are computed from."""

    async def keep_once(self, rows: Sequence[Row]) -> int:
        """Keep facts; known ones are skipped. All or nothing. Return how many were new."""
        ...

    async def keep_notices_once(self, notices: Sequence[KeptNotice]) -> int:
        """Keep notices; known ones are skipped. Return how many were new."""
        ...
