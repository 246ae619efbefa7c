"""What a person has to tell, because no message reaches who reported (S4-02)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Said = Annotated[str, msgspec.Meta(min_length=2, max_length=500, pattern=r"\S")]


class CallsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which calls: of the person's own units, at the center of everybody; `limit` rows, the oldest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class Call(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer that waits; telling it tells also what waited before it for the same report."""

    answer_id: UUID
    case_id: UUID
    number: str
    """Of the report, as its reporter knows it."""
    case_number: str
    lead: str
    item: str | None = None
    kind: Literal["accepted", "progress", "delayed", "result"]
    phrase: str
    """What is to be said, as `docs/messages.md` has it."""
    since: datetime
    promised_by: datetime | None = None


class CallsWaiting(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    waiting: int
    """All that are this person's, also those beyond `rows`; up to 1,000 are counted."""
    rows: tuple[Call, ...]


class CallTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the reporter was told, and how: who was reached, what they said to it."""

    note: Said


class CallsTold(msgspec.Struct, frozen=True):
    told: int
    """Answers of this report that wait no more."""
