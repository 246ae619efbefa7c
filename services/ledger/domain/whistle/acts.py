"""What people may ask around a whistle, a proposal, and the way up."""

from typing import Annotated
from uuid import UUID

import msgspec

from services.contracts.events.whistles import Score, WhistleKind
from services.ledger.domain.words import Latitude, Longitude, Remark, Short, Unit, Words

Number = Annotated[int, msgspec.Meta(ge=1, le=32_767)]
NumberOrCase = Annotated[int, msgspec.Meta(ge=0, le=32_767)]


class Blow(msgspec.Struct, frozen=True, tag="whistle", forbid_unknown_fields=True):
    """The street blows the whistle (吹哨). Without `called` the case's own departments are called.

    Whoever may not blow alone asks the street's leader with the same words; in emergencies the officer on duty blows
    first and the leader says afterwards whether it was right (domain §6.3).
    """

    kind: WhistleKind
    reason: Words
    called: Annotated[tuple[Unit, ...], msgspec.Meta(max_length=12)] = ()
    ongoing: bool = False
    """It is going on at this moment: the shorter limit of the kind holds."""
    place: Short = ""
    """Where who is called meets, in words."""
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    """The meeting point, within the case's subdistrict."""


class ReportIn(msgspec.Struct, frozen=True, tag="report_in", forbid_unknown_fields=True):
    """A called department reports in (报到): where, and with a picture when there is one."""

    place: Short = ""
    photo: UUID | None = None


class RefuseCall(msgspec.Struct, frozen=True, tag="refuse_call", forbid_unknown_fields=True):
    """A called department says why it does not come."""

    reason: Words


class RecordResult(msgspec.Struct, frozen=True, tag="joint_result", forbid_unknown_fields=True):
    """The street records what the joint work came to, and closes the whistle."""

    result: Words


class Evaluate(msgspec.Struct, frozen=True, tag="evaluate", forbid_unknown_fields=True):
    """The street judges one called department of a whistle that is closed, or one with a part in a case (下考上)."""

    number: NumberOrCase
    """Of the whistle; 0 for the case as a whole, once it has ended."""
    unit: Unit
    punctuality: Score
    effort: Score
    result: Score
    satisfaction: Score
    note: Remark = ""


class FindWrong(msgspec.Struct, frozen=True, tag="wrong_whistle", forbid_unknown_fields=True):
    """The command center finds that a whistle should not have been blown (吹哨不准)."""

    number: Number
    reason: Words


class Decide(msgspec.Struct, frozen=True, tag="decide", forbid_unknown_fields=True):
    """A person confirms or declines a proposal; declining needs a reason, and so does an act of authority."""

    proposal: Number
    confirm: bool
    reason: Remark = ""


class StepUp(msgspec.Struct, frozen=True, tag="step_up", forbid_unknown_fields=True):
    """Whoever has the case passes it one step up, with a reason (S4-08)."""

    reason: Words


class AssignBranch(msgspec.Struct, frozen=True, tag="assign_branch", forbid_unknown_fields=True):
    """A department's part goes to its office in the case's subdistrict (S1-06)."""

    unit: Unit
    branch: Unit


WhistleAct = Blow | ReportIn | RefuseCall | RecordResult | Evaluate | FindWrong | Decide | StepUp | AssignBranch
