"""Who is told of proposals, refused calls, results, evaluations and the way up."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events.progress import CaseProgressed, ReportedIn, SupervisionOrdered, WhistleBlown
from services.contracts.events.whistles import (
    BranchAssigned,
    CallRefused,
    DepartmentEvaluated,
    JointResult,
    ProposalDecided,
    Rise,
    SteppedUp,
    WhistleFoundWrong,
    WhistleProposed,
)
from services.notify.domain.telling.parties import CENTER, Recipient, Told, at_work, called, street, supervised


def risen(rise: Rise) -> Told:
    """Give who has the case now, and who had it: the way down is told of the way up (S4-08)."""
    yield Recipient(rise.lead, "clerk")
    yield Recipient(rise.lead, "unit_head")
    yield Recipient(rise.old_lead, "clerk")
    if rise.to_leader:
        yield Recipient(CENTER, "center_leader")


def _blown(event: CaseProgressed, what: WhistleBlown) -> Told:
    yield from called(event, what.whistle)


def _supervision(event: CaseProgressed, _: SupervisionOrdered) -> Told:
    yield from supervised(event)


def _reported_in(event: CaseProgressed, what: ReportedIn) -> Told:
    yield from street(event)
    if what.late:
        yield Recipient(CENTER, "center_operator")


def _proposed(event: CaseProgressed, _: WhistleProposed) -> Told:
    yield from street(event)


def _decided(event: CaseProgressed, what: ProposalDecided) -> Told:
    if what.whistle is not None:
        yield from called(event, what.whistle)
    yield from street(event)
    if what.kind not in {"whistle", "whistle_afterwards"}:  # an act of authority: the department answers for it
        yield Recipient(event.lead, "unit_head")
        yield Recipient(CENTER, "center_operator")


def _refused(event: CaseProgressed, what: CallRefused) -> Told:
    yield Recipient(what.unit, "unit_head")
    yield from street(event)
    yield Recipient(CENTER, "center_operator")


def _result(event: CaseProgressed, _: JointResult) -> Told:
    yield from at_work(event)
    yield from street(event)


def _evaluated(_: CaseProgressed, what: DepartmentEvaluated) -> Told:
    yield Recipient(what.unit, "unit_head")


def _wrong(event: CaseProgressed, _: WhistleFoundWrong) -> Told:
    yield from street(event)
    yield Recipient(CENTER, "center_operator")


def _stepped_up(_: CaseProgressed, what: SteppedUp) -> Told:
    yield from risen(what.rise)


def _branch(_: CaseProgressed, what: BranchAssigned) -> Told:
    yield Recipient(what.branch, "clerk")


TELL: Final[dict[type, Callable[[CaseProgressed, Any], Told]]] = {
    WhistleBlown: _blown,
    ReportedIn: _reported_in,
    SupervisionOrdered: _supervision,
    WhistleProposed: _proposed,
    ProposalDecided: _decided,
    CallRefused: _refused,
    JointResult: _result,
    DepartmentEvaluated: _evaluated,
    WhistleFoundWrong: _wrong,
    SteppedUp: _stepped_up,
    BranchAssigned: _branch,
}
