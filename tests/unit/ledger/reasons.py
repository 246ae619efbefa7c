"""Why something happened to a case: where each fact says it, or why it needs no word of its own (domain §6.2)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.contracts.events import life, merging, moves, progress, whistles

Says = Callable[[Any], object]


def named(field: str) -> Says:
    """Return what reads the field of a fact; blanks say nothing."""

    def read(what: Any) -> object:
        said = getattr(what, field)
        return said.strip() if isinstance(said, str) else said

    return read


REASON, BECAUSE, MEASURE, TEXT = named("reason"), named("because"), named("measure"), named("text")
OF_WHISTLES: Final = frozenset({"whistle", "whistle_afterwards"})
"""The words of whoever asked for the whistle are the reason; who confirms it need not repeat them."""
SAID: Final[Mapping[type, Says]] = {
    progress.Opened: lambda what: what.because.rule or what.because.matched or what.because.notes,
    progress.Dispatched: lambda what: what.because.rule or what.because.matched or what.because.notes,
    progress.ReturnAsked: REASON,
    progress.StepTaken: lambda what: what.step and what.owed_at,
    progress.WhistleBlown: lambda what: what.whistle.reason.strip(),
    progress.PartDelivered: MEASURE,
    progress.Handled: MEASURE,
    progress.ReworkOrdered: REASON,
    progress.SupervisionOrdered: REASON,
    progress.Noted: TEXT,
    progress.FollowedUp: named("kind"),
    whistles.WhistleProposed: REASON,
    whistles.ProposalDecided: lambda what: what.reason.strip() or (what.confirmed and what.kind in OF_WHISTLES),
    whistles.CallRefused: REASON,
    whistles.JointResult: named("result"),
    whistles.DepartmentEvaluated: named("result"),
    whistles.WhistleFoundWrong: REASON,
    whistles.SteppedUp: REASON,
    life.Rejected: lambda what: what.because and what.explanation.strip(),
    life.HandedOver: named("note"),
    life.ResolvedOnSpot: MEASURE,
    life.ConsultationOpened: REASON,
    life.ExtensionAsked: REASON,
    life.SuspensionAsked: REASON,
    life.TerminationAsked: REASON,
    life.RequestReviewed: REASON,
    life.Suspended: named("until"),
    life.Resumed: lambda what: what.because == "date" or what.reason.strip(),
    life.Explained: TEXT,
    life.Terminated: REASON,
    life.Reopened: lambda what: what.because and what.reason.strip(),
    life.FollowUpCalled: named("answer"),
    life.ExclusionAsked: lambda what: what.because and what.reason.strip(),
    life.ExclusionReviewed: REASON,
    life.Corrected: REASON,
    merging.Merged: REASON,
    merging.Unmerged: REASON,
    moves.Moved: BECAUSE,
    moves.StageReached: MEASURE,
}
NEEDS_NONE: Final[Mapping[type, str]] = {
    progress.SignedIn: "whoever was called on takes it on: what was due",
    progress.DecisionSuperseded: "an answer that nobody waits for changes nothing",
    progress.ReportedIn: "whoever was called has come: what was due",
    progress.Verified: "it was looked at and is done; what is not done goes back with a reason",
    progress.Closed: "follows from the verification stated just before",
    whistles.BranchAssigned: "the same department's own office in the subdistrict; the department stays answerable",
    life.RequestWithdrawn: "the request stands with its reason; nobody needs to decide it",
    life.Extended: "follows from the review stated just before, with its reason",
    life.Archived: "follows from the reporter's answer stated just before",
    merging.ReportJoined: "the merged case states the reason",
    merging.ReportParted: "the case that is its own again states the reason",
    merging.ClosedTogether: "follows from the end of the case that went on",
}


def says_why(what: object) -> bool:
    """Whether the fact says why, where its kind has to.

    Raises:
        KeyError: a kind of fact of which nobody has said whether it has to.
    """
    kind = type(what)
    return kind in NEEDS_NONE or bool(SAID[kind](what))
