"""Facts of a case's life beside its main road: refused, asked for, reviewed, stood still, begun again (domain §6.2)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.contracts.events.report import Place

RequestKind = Literal["return", "extension", "suspension", "termination"]
"""What a lead department may ask of the reviewers."""
RejectionReason = Literal[
    "emergency_line", "statutory_channel", "repeat_without_new_facts", "secret_or_private",
    "outside_government", "unlawful_or_immoral",
]  # fmt: skip
"""The six reasons for not accepting a matter (Beijing regulation, Art 11)."""
EmergencyLine = Literal["110", "119", "120", "122"]
ReopeningReason = Literal["unsatisfied", "new_facts", "objection", "inspection"]
ExclusionReason = Literal["unlawful_demand", "statutory_channel", "beyond_policy", "force_majeure"]
"""The public catalogue of reasons for leaving a case out of the rates (domain §2.3)."""
FollowUpAnswer = Literal["satisfied", "basically_satisfied", "unsatisfied", "no_answer"]


class Rejected(msgspec.Struct, frozen=True, tag="rejected", omit_defaults=True):
    """Not accepted, with one of the six legal reasons; the explanation is the reporter's."""

    because: RejectionReason
    explanation: str


class HandedOver(msgspec.Struct, frozen=True, tag="handed_over", omit_defaults=True):
    """An emergency service took it at once; the district's promise ends here."""

    to: EmergencyLine
    note: str


class ResolvedOnSpot(msgspec.Struct, frozen=True, tag="resolved_on_spot", omit_defaults=True):
    """Solved where it was found, at grid tier; the community takes a look (S4-07)."""

    unit: str
    measure: str
    attachments: tuple[UUID, ...] = ()
    talked_with: str = ""
    """Whom of the residents it was told."""


class ConsultationOpened(msgspec.Struct, frozen=True, tag="consultation_opened", omit_defaults=True):
    """The command center consults; the first contact stays lead while it lasts (Art 14)."""

    reason: str
    units: tuple[str, ...] = ()


class ExtensionAsked(msgspec.Struct, frozen=True, tag="extension_asked", omit_defaults=True):
    unit: str
    reason: str
    by: str
    """How much longer: a `worktime` limit such as `3wd`."""
    held_until: datetime | None = None
    """Until then overdue steps wait for the decision."""


class SuspensionAsked(msgspec.Struct, frozen=True, tag="suspension_asked", omit_defaults=True):
    unit: str
    reason: str
    until: datetime | None = None
    condition: str = ""


class TerminationAsked(msgspec.Struct, frozen=True, tag="termination_asked", omit_defaults=True):
    unit: str
    reason: str
    explanations: int
    """How often it was explained to the reporter before."""


class RequestWithdrawn(msgspec.Struct, frozen=True, tag="request_withdrawn", omit_defaults=True):
    """Nobody needs to decide any more: taken back, or overtaken by what happened."""

    request: RequestKind
    unit: str


class RequestReviewed(msgspec.Struct, frozen=True, tag="request_reviewed", omit_defaults=True):
    """Another person than the one who asked judged a request."""

    request: RequestKind
    unit: str
    """The unit that asked."""
    granted: bool
    reason: str
    decided: bool = True
    """False after the first of two approvals."""


class Extended(msgspec.Struct, frozen=True, tag="extended", omit_defaults=True):
    """The lead has longer, and the promise is longer with it; `number` counts the case's extensions."""

    by: str
    due_at: datetime
    number: int


class Suspended(msgspec.Struct, frozen=True, tag="suspended", omit_defaults=True):
    """The case's clocks stand still until the date, or until somebody says that the condition holds."""

    until: datetime
    condition: str = ""


class Resumed(msgspec.Struct, frozen=True, tag="resumed", omit_defaults=True):
    """The case's clocks run on, later by as much as they stood still."""

    because: Literal["date", "condition"]
    reason: str = ""


class Explained(msgspec.Struct, frozen=True, tag="explained", omit_defaults=True):
    """The lead explained to the reporter why it cannot be done; `number` counts."""

    number: int
    unit: str
    talked_with: str
    text: str


class Terminated(msgspec.Struct, frozen=True, tag="terminated", omit_defaults=True):
    """Ended without a result, after explanations and a review."""

    reason: str
    explanations: int


class Reopened(msgspec.Struct, frozen=True, tag="reopened", omit_defaults=True):
    """A closed or rejected case begins again, with a new limit."""

    because: ReopeningReason
    reason: str


class FollowUpCalled(msgspec.Struct, frozen=True, tag="follow_up_called", omit_defaults=True):
    """The reporter was asked; `no_answer` is no valid answer (domain §2.4)."""

    answer: FollowUpAnswer
    note: str = ""


class Archived(msgspec.Struct, frozen=True, tag="archived", omit_defaults=True):
    """Followed up and laid to rest: nothing happens to this case any more."""


class ExclusionAsked(msgspec.Struct, frozen=True, tag="exclusion_asked", omit_defaults=True):
    unit: str
    because: ExclusionReason
    reason: str


class ExclusionReviewed(msgspec.Struct, frozen=True, tag="exclusion_reviewed", omit_defaults=True):
    """One of two persons judged whether the case is left out of the rates; `excluded` after the second."""

    granted: bool
    reason: str
    excluded: bool = False


class Corrected(msgspec.Struct, frozen=True, tag="corrected", omit_defaults=True):
    """Somebody put the category or the place right; what it was before stands beside it. The promise does not move."""

    unit: str
    reason: str
    item_before: str | None = None
    item: str | None = None
    place_before: Place | None = None
    """None: the place was right."""
    place: Place | None = None
    attempt_asked: int | None = None
    """The rules decide again; None where nothing changed that they decide by, or where the command center takes it."""
    problem_ticket: bool = False


LifeFact = (
    Rejected | HandedOver | ResolvedOnSpot | ConsultationOpened | ExtensionAsked | SuspensionAsked | TerminationAsked
    | RequestWithdrawn | RequestReviewed | Extended | Suspended | Resumed | Explained | Terminated | Reopened
    | FollowUpCalled | Archived | ExclusionAsked | ExclusionReviewed | Corrected
)  # fmt: skip
