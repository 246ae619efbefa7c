"""What a leader sees at once: major matters, letters, red steps; and what waits for a leader's word."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import ClockKind, State, Step
from services.contracts.events.report import Lane
from services.ledger.domain.proposal import ProposalRow

ENTRIES_MAX = 200


class FeedAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=ENTRIES_MAX)] = 50
    before: datetime | None = None
    """Entries older than this instant."""


class FeedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One matter."""

    at: datetime
    what: Literal["major_matter"] | Step
    case_id: UUID
    number: str
    unit: str
    """Whom the step concerns; empty for a matter that concerns the whole case."""
    clock: ClockKind | None
    """Whose step it is; None for a major matter."""
    item: str | None
    lane: Lane
    urgency: Urgency
    state: State
    lead: str
    subdistrict: str | None


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    at: datetime
    rows: tuple[FeedEntry, ...]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that waits for a word, and its case."""

    case_id: UUID
    number: str
    revision: int
    item: str | None
    lead: str
    subdistrict: str | None
    proposal: ProposalRow


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, oldest first, of the cases the asker may see."""

    at: datetime
    rows: tuple[Waiting, ...]
