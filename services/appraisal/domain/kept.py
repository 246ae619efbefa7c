"""What is kept of a fact: only what a figure counts, without a word anybody wrote."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.contracts.events.life import FollowUpAnswer, ReopeningReason
from services.contracts.events.progress import Card, Step
from services.contracts.events.report import Lane
from services.contracts.events.whistles import ProposalKind, Score

Ending = Literal["closed", "rejected", "handed_over", "terminated", "merged"]
Scores = tuple[Score, Score, Score, Score]
"""Punctuality, effort, result, satisfaction."""


class Snapshot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where the case stood after the fact. New fields go to the end and have defaults: rows are never rewritten."""

    number: str
    accepted_at: datetime
    due_at: datetime | None
    """The running promise's, or the last one's."""
    item: str | None
    subdistrict: str | None
    community: str | None
    lane: Lane
    lead: str
    branch: str | None
    cooperating: tuple[str, ...]
    has_contact: bool
    promise: int
    """Which promise it is: a case that begins again makes another."""
    barred: bool = False
    """Whether a unit is barred from it: it is counted, and named nowhere."""


class Blown(msgspec.Struct, frozen=True, tag="blown"):
    """A whistle took effect; departments and, beside each, its office that is to come."""

    whistle: int
    subdistrict: str
    units: tuple[tuple[str, str | None], ...]


class CameIn(msgspec.Struct, frozen=True, tag="in"):
    whistle: int
    unit: str
    late: bool


class StayedAway(msgspec.Struct, frozen=True, tag="away"):
    """Called and not come by the limit."""

    whistle: int
    unit: str


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """Called and refused with a reason; not waited for any more."""

    whistle: int
    unit: str


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """The street's word about a unit; `whistle` 0 is about the case as a whole."""

    whistle: int
    unit: str
    scores: Scores


class FoundWrong(msgspec.Struct, frozen=True, tag="wrong"):
    whistle: int


class Contacted(msgspec.Struct, frozen=True, tag="contacted"):
    """The handler talked to the reporter: an answer, or an explanation."""


class SentBack(msgspec.Struct, frozen=True, tag="rework"):
    round: int


class Ended(msgspec.Struct, frozen=True, tag="ended", omit_defaults=True):
    how: Ending
    late_units: tuple[str, ...] = ()


class BegunAgain(msgspec.Struct, frozen=True, tag="again"):
    because: ReopeningReason


class Parted(msgspec.Struct, frozen=True, tag="parted"):
    """Merged by mistake: the case is one of its own again, its promise the one it always had."""


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """What the reporter said when called."""

    answer: FollowUpAnswer


class Rated(msgspec.Struct, frozen=True, tag="rated"):
    """What the reporter gave, 1 to 5."""

    rating: int


class LeftOut(msgspec.Struct, frozen=True, tag="out"):
    """Two persons left the case out of the rates."""


class Marked(msgspec.Struct, frozen=True, tag="marked", omit_defaults=True):
    """A step took effect on a clock of `unit`, or of the whole case."""

    unit: str
    step: Step
    card: Card | None = None


class Ordered(msgspec.Struct, frozen=True, tag="ordered"):
    """The district ordered supervision."""

    number: int


class Proposed(msgspec.Struct, frozen=True, tag="proposed", omit_defaults=True):
    """An act of authority waits for a person; it is about `unit`, or about the lead."""

    proposal: int
    kind: ProposalKind
    unit: str = ""


class KeptOff(msgspec.Struct, frozen=True, tag="kept_off"):
    """A rule would have sent a department's duty to a grassroots unit whose list it is not on (S2-06)."""

    unit: str
    """Where it would have gone."""


class Confirmed(msgspec.Struct, frozen=True, tag="confirmed"):
    """A person decided on a proposal."""

    proposal: int
    kind: ProposalKind
    confirmed: bool


Kept = (
    Blown | CameIn | StayedAway | Declined | Judged | FoundWrong | Contacted | SentBack | Ended | BegunAgain | Answered
    | Rated | LeftOut | Marked | Ordered | Proposed | Confirmed | KeptOff
    | Parted
)  # fmt: skip


class Body(msgspec.Struct, frozen=True, array_like=True):
    """A row's body: where the case stood, and what counts."""

    snapshot: Snapshot
    kept: tuple[Kept, ...] = ()


class KeptFact(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a fact of a case."""

    case_id: UUID
    version: int
    at: datetime
    what: str
    body: Body | None
    """None for facts that no figure counts."""


class KeptNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One notice: `department` is whose task was refused."""

    notice_id: UUID
    at: datetime
    kind: str
    department: str | None = None
    refused: int = 0
    first: str | None = None
    """What the first of the refused tasks was."""
