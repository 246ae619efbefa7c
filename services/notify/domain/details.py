"""What a fact adds to a message, field by field: a reason or a measure is text a person wrote and stays inside."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events.life import (
    ConsultationOpened,
    ExclusionAsked,
    ExclusionReviewed,
    Explained,
    Extended,
    ExtensionAsked,
    FollowUpCalled,
    HandedOver,
    Rejected,
    Reopened,
    RequestReviewed,
    RequestWithdrawn,
    ResolvedOnSpot,
    Resumed,
    Suspended,
    SuspensionAsked,
    Terminated,
    TerminationAsked,
)
from services.contracts.events.moves import Moved, StageReached
from services.contracts.events.progress import (
    Closed,
    Dispatched,
    FollowedUp,
    Handled,
    PartDelivered,
    ReportedIn,
    ReturnAsked,
    ReworkOrdered,
    SignedIn,
    StepTaken,
    SupervisionOrdered,
    WhistleBlown,
)
from services.contracts.events.whistles import (
    BranchAssigned,
    CallRefused,
    DepartmentEvaluated,
    JointResult,
    ProposalDecided,
    Rise,
    SteppedUp,
    Supervision,
    Whistle,
    WhistleFoundWrong,
    WhistleProposed,
)

PLAIN: Final[dict[type, tuple[str, ...]]] = {
    SignedIn: ("unit",),
    ReturnAsked: ("unit", "attempt_asked", "problem_ticket"),
    Dispatched: ("old_lead", "by_hand", "final"),
    PartDelivered: ("unit",),
    Handled: ("unit",),
    ReworkOrdered: ("round", "problem_ticket"),
    Closed: ("on_time", "whistles"),
    FollowedUp: ("kind", "rating"),
    WhistleProposed: ("proposal", "called"),
    CallRefused: ("unit",),
    DepartmentEvaluated: ("unit", "punctuality", "effort", "result", "satisfaction", "all_evaluated"),
    BranchAssigned: ("unit", "branch"),
    Rejected: ("because",),
    HandedOver: ("to",),
    ResolvedOnSpot: ("unit",),
    ConsultationOpened: ("units",),
    ExtensionAsked: ("unit", "by", "held_until"),
    SuspensionAsked: ("unit", "until"),
    TerminationAsked: ("unit", "explanations"),
    RequestWithdrawn: ("request", "unit"),
    RequestReviewed: ("request", "unit", "granted", "decided"),
    Extended: ("by", "number"),
    Suspended: ("until",),
    Resumed: ("because",),
    Explained: ("unit", "number"),
    Terminated: ("explanations",),
    Reopened: ("because",),
    FollowUpCalled: ("answer",),
    ExclusionAsked: ("unit", "because"),
    ExclusionReviewed: ("granted", "excluded"),
    Moved: ("version", "active_from", "because", "modes", "units"),
    StageReached: ("unit", "on_time"),
}
"""Fields that go out as they are: numbers, dates, ids of units and words of closed sets."""


def details_of(what: object) -> dict[str, Any]:
    """Return what the message says beside where the case stands."""
    special = _SPECIAL.get(type(what))
    plain = {name: getattr(what, name) for name in PLAIN.get(type(what), ())}
    return {_RENAMED.get(name, name): value for name, value in plain.items()} | (special(what) if special else {})


_RENAMED: Final = {"to": "handed_to", "number": "count", "version": "reference_version"}
"""`to`, `number` and `version` name the recipient and the case."""


def _step(what: StepTaken) -> dict[str, Any]:
    return {
        "late_unit": what.unit or None,
        "whistle": _whistle(what.whistle),
        "supervision": _supervision(what.supervision),
        "proposal": what.proposal,
        "problem_ticket": what.problem_ticket,
        **({} if what.rise is None else {"rise": _rise(what.rise)}),
    }


def _reported_in(what: ReportedIn) -> dict[str, Any]:
    return {"whistle_number": what.number, "unit": what.unit, "late": what.late, "all_in": what.all_in}


def _decided(what: ProposalDecided) -> dict[str, Any]:
    return {
        "proposal": what.proposal,
        "proposal_kind": what.kind,
        "confirmed": what.confirmed,
        "whistle": _whistle(what.whistle),
    }


def _whistle(whistle: Whistle | None) -> dict[str, Any] | None:
    if whistle is None:
        return None
    return {
        "number": whistle.number,
        "kind": whistle.kind,
        "subdistrict": whistle.subdistrict,
        "called": [{"unit": called.unit, "due_at": called.due_at} for called in whistle.called],
    }


def _supervision(order: Supervision | None) -> dict[str, Any] | None:
    return None if order is None else {"number": order.number, "reply_by": order.reply_by}


def _rise(rise: Rise) -> dict[str, Any]:
    return {"old_lead": rise.old_lead, "lead": rise.lead, "to_leader": rise.to_leader}


def _numbered(what: Any) -> dict[str, Any]:
    return {"whistle_number": what.number}


_SPECIAL: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    StepTaken: _step,
    ReportedIn: _reported_in,
    ProposalDecided: _decided,
    WhistleBlown: lambda what: {"whistle": _whistle(what.whistle)},
    SupervisionOrdered: lambda what: {"supervision": _supervision(what.supervision)},
    SteppedUp: lambda what: {"rise": _rise(what.rise)},
    WhistleProposed: lambda what: {"whistle_kind": what.kind},
    Extended: lambda what: {"until": what.due_at},
    CallRefused: _numbered,
    JointResult: _numbered,
    DepartmentEvaluated: _numbered,
    WhistleFoundWrong: _numbered,
}
