"""What people may ask beside the main road: refuse, hand over, consult, more time, a pause, an end, a beginning."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.contracts.events.life import (
    EmergencyLine,
    ExclusionReason,
    FollowUpAnswer,
    RejectionReason,
    ReopeningReason,
)
from services.ledger.domain.words import Latitude, Longitude, Remark, Short, Unit, Words

LimitText = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,4}(\.[0-9]{1,2})?(uh|wh|wd|d)$")]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
CaseId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Reject(msgspec.Struct, frozen=True, tag="reject", forbid_unknown_fields=True):
    """Not accepted, with one of the six legal reasons and an explanation for the reporter (不予受理)."""

    because: RejectionReason
    explanation: Words


class HandOver(msgspec.Struct, frozen=True, tag="hand_over", forbid_unknown_fields=True):
    """110, 119, 120 or 122 takes it at once."""

    to: EmergencyLine
    note: Words


class ResolveOnSpot(msgspec.Struct, frozen=True, tag="resolve_on_spot", forbid_unknown_fields=True):
    """Solved where it was found, with what was done and pictures (现场解决); grid tier only (S4-07)."""

    measure: Words
    attachments: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=9)] = ()
    talked_with: Remark = ""
    """Whom of the residents it was told (回); without it a resident's case cannot be closed (S3-02)."""


class Consult(msgspec.Struct, frozen=True, tag="consult", forbid_unknown_fields=True):
    """The command center consults before it dispatches (会商); `units` are asked and may see the case."""

    reason: Words
    units: Annotated[tuple[Unit, ...], msgspec.Meta(max_length=12)] = ()


class AskExtension(msgspec.Struct, frozen=True, tag="ask_extension", forbid_unknown_fields=True):
    """The lead asks for more time before it is due (延期)."""

    by: LimitText
    reason: Words


class AskSuspension(msgspec.Struct, frozen=True, tag="ask_suspension", forbid_unknown_fields=True):
    """The lead asks to let the case stand still until a date, or until a condition holds (挂账)."""

    reason: Words
    until: Instant | None = None
    condition: Short = ""


class AskTermination(msgspec.Struct, frozen=True, tag="ask_termination", forbid_unknown_fields=True):
    """The lead asks to end the case without a result, after explaining it (终止办理)."""

    reason: Words


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw", forbid_unknown_fields=True):
    """The lead takes its request back."""


class Review(msgspec.Struct, frozen=True, tag="review", forbid_unknown_fields=True):
    """Another person decides what the lead asked for (审核)."""

    granted: bool
    reason: Words


class Resume(msgspec.Struct, frozen=True, tag="resume", forbid_unknown_fields=True):
    """The condition of a suspension holds: the clocks run on."""

    reason: Words


class Explain(msgspec.Struct, frozen=True, tag="explain", forbid_unknown_fields=True):
    """The lead explained to the reporter, face to face, why it cannot be done."""

    talked_with: Words
    text: Words


class Reopen(msgspec.Struct, frozen=True, tag="reopen", forbid_unknown_fields=True):
    """A case that has ended begins again with a new limit (重开); without `lead` with who led it before."""

    because: ReopeningReason
    reason: Words
    lead: Unit | None = None


class FollowUp(msgspec.Struct, frozen=True, tag="follow_up", forbid_unknown_fields=True):
    """The reporter was asked how it was (回访)."""

    answer: FollowUpAnswer
    note: Remark = ""


class AskExclusion(msgspec.Struct, frozen=True, tag="ask_exclusion", forbid_unknown_fields=True):
    """The lead asks to leave a closed case out of the rates (剔除), once."""

    because: ExclusionReason
    reason: Words


class ReviewExclusion(msgspec.Struct, frozen=True, tag="review_exclusion", forbid_unknown_fields=True):
    """One of the two persons who decide whether a case is left out of the rates."""

    granted: bool
    reason: Words


Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class Correct(msgspec.Struct, frozen=True, tag="correct", forbid_unknown_fields=True):
    """Category or place are put right (更正分类或地点); what is left out was right. A point decides where it lies."""

    reason: Words
    item: Code | None = None
    ground: Unit | None = None
    """The grid, community or subdistrict it lies in."""
    address: Short | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class Merge(msgspec.Struct, frozen=True, tag="merge", forbid_unknown_fields=True):
    """The case is about the same thing as an earlier one, which goes on for both (并案)."""

    into: CaseId
    reason: Words


class Unmerge(msgspec.Struct, frozen=True, tag="unmerge", forbid_unknown_fields=True):
    """It is not: the case is taken out of `survivor` again, with the due dates it always had."""

    survivor: CaseId
    reason: Words


class Inspect(msgspec.Struct, frozen=True, tag="inspect", forbid_unknown_fields=True):
    """An inspector looked at a closed case of a sample: it holds, or begins again (督导检查)."""

    passed: bool
    note: Remark = ""


LifeAct = (
    Reject | HandOver | ResolveOnSpot | Consult | AskExtension | AskSuspension | AskTermination | Withdraw | Review
    | Resume | Explain | Reopen | FollowUp | AskExclusion | ReviewExclusion | Correct
    | Inspect
    | Merge | Unmerge
)  # fmt: skip
