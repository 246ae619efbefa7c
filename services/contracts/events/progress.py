"""Every change of a case's life: `what` is a closed union of facts; the rest says where the case stands after it.

Longer than 200 lines because the union is closed: whoever adds a fact must see all the others.
"""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import Explanation, Limits, Tier, Urgency
from services.contracts.events.event import Event
from services.contracts.events.life import LifeFact
from services.contracts.events.merging import MergingFact
from services.contracts.events.moves import Moved, StageReached
from services.contracts.events.report import Channel, FollowUpKind, Lane, Place
from services.contracts.events.whistles import Called, Proposed, Rise, Supervision, Whistle, WhistleKind, WhistleWhat

__all__ = ["Called", "Rise", "Supervision", "Whistle", "WhistleKind"]

State = Literal[
    "consulting", "dispatched", "return_requested", "in_progress", "handled", "rework", "closed",
    "reported", "merged", "rejected", "handed_over", "resolved_on_spot", "extension_requested",
    "suspended", "reopened", "archived", "terminated", "suspension_requested", "termination_requested",
]  # fmt: skip
ClockKind = Literal[
    "promise", "sign_in", "handling", "report_in", "verification", "follow_up", "review", "resume", "tier", "result",
    "stage", "dispatch",
]  # fmt: skip
Card = Literal["blue", "yellow", "red"]
Step = Literal[
    "reminder", "limit", "letter", "supervision", "bulletin_proposal", "interview_proposal", "express",
    "urge", "no_show", "resume", "step_up",
]  # fmt: skip
Role = Literal["lead", "cooperating", "copy", "supervising"]


class Actor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it, as of then: never a name."""

    unit: str
    role: str
    person: UUID | None = None
    """None for the system and for residents."""


class ReportRef(msgspec.Struct, frozen=True, omit_defaults=True):
    report_id: UUID
    channel: Channel
    has_contact: bool = False
    number: str | None = None
    """The report's own, where it is not the case's: it was merged into this one."""


class ClockSnapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """One clock of the case after the change."""

    kind: ClockKind
    unit: str
    """Empty for clocks of the case."""
    cycle: int
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None
    next_step: Step | None = None
    next_at: datetime | None = None
    paused_at: datetime | None = None
    """Since when it stands still; it owes nothing meanwhile."""
    stage: str = ""
    """Which of several limits of one item it is (X-20)."""
    day_and_night: bool = False
    """Its limit counts every hour; the others count working time."""
    calendar: int | None = None
    """The version by whose working days its limit counts, where that is not the case's `reference_version`."""


class Opened(msgspec.Struct, frozen=True, tag="opened", omit_defaults=True):
    """A decision took effect: the case stands in the queues of its departments."""

    because: Explanation
    limits: Limits
    consulting: bool = False
    repeats: UUID | None = None
    """Its reporter said nothing new of this case, which it is merged into at once (X-11)."""


class SignedIn(msgspec.Struct, frozen=True, tag="signed_in", omit_defaults=True):
    unit: str


class ReturnAsked(msgspec.Struct, frozen=True, tag="returned", omit_defaults=True):
    """A department returned the case; it stays lead until the next attempt is opened."""

    unit: str
    reason: str
    suggested: str
    attempt_asked: int
    problem_ticket: bool = False
    """As many departments as the policy allows have passed it on: the command center takes it (X-04)."""


class DecisionSuperseded(msgspec.Struct, frozen=True, tag="decision_superseded", omit_defaults=True):
    """A decision arrived that nobody waits for any more."""

    decided_attempt: int
    lead: str


class Dispatched(msgspec.Struct, frozen=True, tag="dispatched", omit_defaults=True):
    """A further attempt was opened: by the router after a return, by hand of the center, or as a problem ticket."""

    old_lead: str
    because: Explanation
    limits: Limits
    by_hand: bool = False
    final: bool = False
    """The lead is finally designated and cannot return it."""
    proposals: tuple[Proposed, ...] = ()
    """Interviews with the departments that passed a problem ticket on (domain §6.4)."""


class StepTaken(msgspec.Struct, frozen=True, tag="step_taken", omit_defaults=True):
    """An owed step took effect, once. What it set in motion stands beside it."""

    clock: ClockKind
    unit: str
    cycle: int
    step: Step
    owed_at: datetime
    card: Card | None = None
    marks_only: bool = False
    """Recorded while a whistle is open, with no effect of its own."""
    whistle: Whistle | None = None
    supervision: Supervision | None = None
    proposal: str | None = None
    """An act of authority a person must confirm: `bulletin`, `interview` or `express`."""
    proposal_number: int | None = None
    """Which proposal of the case it is, for whoever confirms it."""
    problem_ticket: bool = False
    rise: Rise | None = None
    """The case went one step up, because nobody resolved it there by the day's end."""


class WhistleBlown(msgspec.Struct, frozen=True, tag="whistle_blown", omit_defaults=True):
    """The street blew by hand."""

    whistle: Whistle
    proposal: int | None = None
    """In an emergency the officer blew first: what the street's leader says of it is still to come."""


class ReportedIn(msgspec.Struct, frozen=True, tag="reported_in", omit_defaults=True):
    """A called department reported in; `late` by the clock's due date."""

    number: int
    unit: str
    late: bool = False
    place: str = ""
    all_in: bool = False
    photo: UUID | None = None
    """An attachment that shows them on the spot."""


class PartDelivered(msgspec.Struct, frozen=True, tag="part_delivered", omit_defaults=True):
    """A cooperating department finished its part."""

    unit: str
    measure: str


class Handled(msgspec.Struct, frozen=True, tag="handled", omit_defaults=True):
    """The lead answered with the four elements of a reply (X-09)."""

    unit: str
    accepted_when: str
    talked_with: str
    measure: str
    done_by: str


class Verified(msgspec.Struct, frozen=True, tag="verified", omit_defaults=True):
    """Another person than the handler found it done."""

    note: str = ""


class ReworkOrdered(msgspec.Struct, frozen=True, tag="rework_ordered", omit_defaults=True):
    reason: str
    round: int
    problem_ticket: bool = False
    proposals: tuple[Proposed, ...] = ()
    """An interview with the lead whose rework made it a problem ticket (domain §6.4)."""


class Closed(msgspec.Struct, frozen=True, tag="closed", omit_defaults=True):
    """The case is closed; `on_time` compares the promise's stop with its due date."""

    on_time: bool
    whistles: int = 0
    late_units: tuple[str, ...] = ()
    """Departments that exceeded a limit of their own on the way, whether or not the promise was kept."""


class FollowedUp(msgspec.Struct, frozen=True, tag="followed_up", omit_defaults=True):
    """What a resident added later reached the case."""

    followup_id: UUID
    kind: FollowUpKind
    rating: int | None = None


class SupervisionOrdered(msgspec.Struct, frozen=True, tag="supervision_ordered", omit_defaults=True):
    """The command center ordered supervision by hand."""

    supervision: Supervision
    reason: str


class Noted(msgspec.Struct, frozen=True, tag="noted", omit_defaults=True):
    """A person wrote something into the joint log or urged by hand."""

    unit: str
    kind: Literal["log", "urge"]
    text: str
    whistle: int | None = None
    """The open whistle whose joint work the line belongs to."""


What = (
    Opened | SignedIn | ReturnAsked | DecisionSuperseded | Dispatched | StepTaken | WhistleBlown | ReportedIn
    | PartDelivered | Handled | Verified | ReworkOrdered | Closed | FollowedUp | SupervisionOrdered | Noted
    | WhistleWhat
    | LifeFact
    | MergingFact
    | Moved
    | StageReached
)  # fmt: skip


class CaseProgressed(Event, frozen=True, kw_only=True):
    """A case changed: what happened, who did it, and where the case and its clocks stand now."""

    TYPE: ClassVar[str] = "case.progressed.v1"
    SOURCE: ClassVar[str] = "ledger"

    case_id: UUID
    version: int
    """Counts the case's changes from 1 without a gap."""
    at: datetime
    """When it took effect, by the database's clock."""
    what: What
    actor: Actor
    state: State
    number: str
    reports: tuple[ReportRef, ...]
    accepted_at: datetime
    item: str | None = None
    place: Place = Place()
    lane: Lane = "ordinary"
    barred_units: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    """Who may see the case; feeds and messages filter by it."""
    lead: str
    cooperating: tuple[str, ...] = ()
    branch: str | None = None
    attempt: int
    tier: Tier
    urgency: Urgency
    reference_version: int
    whistle_open: int | None = None
    """Number of the open whistle, if one is open."""
    supervision_open: int | None = None
    """Number of the open supervision order, if one is open."""
    clocks: tuple[ClockSnapshot, ...] = ()

    @property
    def key(self) -> UUID:
        return self.case_id

    @property
    def happened_at(self) -> datetime:
        return self.at
