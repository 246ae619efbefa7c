"""What may be about the same thing as a case, and what it was merged into."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.contracts.events.progress import State


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """Another open case that may be about the same thing. Text is masked."""

    case_id: UUID
    number: str
    state: State
    accepted_at: datetime
    lead: str
    text: str | None
    share: float
    """How alike the words are, from 0 to 1."""


class Duplicates(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed for a case, most alike first; and the case that goes on for it."""

    proposed: list[Alike]
    merged_into: UUID | None = None
    merged_into_number: str | None = None
