"""The street's whistle, orders, proposals and the way up: what stands beside a case's progress (domain §6.3, §6.4)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

WhistleKind = Literal["emergency", "enforcement", "key_work", "public_demand"]
ProposalKind = Literal["whistle", "whistle_afterwards", "bulletin", "interview", "express"]
"""What waits for a person's word: a whistle before or after it is blown, and the acts of authority."""
Score = Literal[1, 2, 3, 4, 5]
"""How the whistler judges a department; 5 is best."""


class MeetingPoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where who is called meets: in words, as a WGS-84 point in degrees, or both."""

    place: str = ""
    longitude: float | None = None
    latitude: float | None = None


class Called(msgspec.Struct, frozen=True, omit_defaults=True):
    """One department called by a whistle, and until when it must report in."""

    unit: str
    due_at: datetime
    role: Literal["lead", "cooperating"] = "cooperating"
    branch: str | None = None
    """The department's office in the subdistrict, which is to come."""
    person: UUID | None = None
    """Who is on duty there now; without anybody on duty the head. None when the roster and the roles name nobody."""
    head_called: bool = False
    """Nobody was on duty, so the head is called (S1-07)."""


class Whistle(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whistle as blown: `number` counts the case's whistles."""

    number: int
    kind: WhistleKind
    subdistrict: str
    called: tuple[Called, ...]
    automatic: bool = False
    reason: str = ""
    ongoing: bool = False
    """What it is about is going on at this moment, so the shorter limit of its kind holds."""
    result_by: datetime | None = None
    """Until when the joint work has a result, where the policy sets a limit for the kind."""
    meeting: MeetingPoint | None = None
    """None: at the place of the case."""


class Supervision(msgspec.Struct, frozen=True, omit_defaults=True):
    """A formal order by the district. A second red step joins the open order instead of making another."""

    number: int
    reply_by: datetime
    joined: bool = False


class Rise(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step up the competence ladder: who had the case, who has it now."""

    old_lead: str
    lead: str
    to_leader: bool = False
    """The center keeps the case and the district's leader decides how it goes on."""


class Proposed(msgspec.Struct, frozen=True):
    """An act of authority about a unit, which waits for a person's word; `number` counts the case's proposals."""

    number: int
    kind: ProposalKind
    unit: str


class WhistleProposed(msgspec.Struct, frozen=True, tag="whistle_proposed", omit_defaults=True):
    """Somebody asks the street's leader to blow."""

    proposal: int
    kind: WhistleKind
    called: tuple[str, ...]
    reason: str
    ongoing: bool = False
    meeting: MeetingPoint | None = None


class ProposalDecided(msgspec.Struct, frozen=True, tag="proposal_decided", omit_defaults=True):
    """A person confirmed or declined what the system or a colleague proposed."""

    proposal: int
    kind: ProposalKind
    confirmed: bool
    reason: str
    whistle: Whistle | None = None
    """Blown because it was confirmed."""


class CallRefused(msgspec.Struct, frozen=True, tag="call_refused", omit_defaults=True):
    """A called department says why it will not come; it is no longer waited for."""

    number: int
    unit: str
    reason: str


class JointResult(msgspec.Struct, frozen=True, tag="joint_result", omit_defaults=True):
    """What the joint work came to; the whistle is closed."""

    number: int
    result: str


class DepartmentEvaluated(msgspec.Struct, frozen=True, tag="department_evaluated", omit_defaults=True):
    """The street judged how a department answered (下考上)."""

    number: int
    """Of the whistle; 0 for the case as a whole."""
    unit: str
    punctuality: Score
    effort: Score
    result: Score
    satisfaction: Score
    note: str = ""
    all_evaluated: bool = False


class WhistleFoundWrong(msgspec.Struct, frozen=True, tag="whistle_found_wrong", omit_defaults=True):
    """The whistle should not have been blown; it counts as wrong for its subdistrict."""

    number: int
    reason: str


class SteppedUp(msgspec.Struct, frozen=True, tag="stepped_up", omit_defaults=True):
    """Whoever had the case passed it one step up, with a reason (S4-08)."""

    rise: Rise
    reason: str


class BranchAssigned(msgspec.Struct, frozen=True, tag="branch_assigned", omit_defaults=True):
    """A department's part was given to its office in the subdistrict of the case."""

    unit: str
    branch: str


WhistleWhat = (
    WhistleProposed | ProposalDecided | CallRefused | JointResult | DepartmentEvaluated | WhistleFoundWrong
    | SteppedUp | BranchAssigned
)  # fmt: skip
