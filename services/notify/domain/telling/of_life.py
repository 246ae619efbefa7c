"""Who is told of what happens beside the main road: requests, reviews, standing still, beginning again."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events.life import (
    ConsultationOpened,
    Corrected,
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
from services.contracts.events.progress import CaseProgressed
from services.notify.domain.telling.parties import CENTER, Recipient, Told, at_work, street

Asked = ExtensionAsked | SuspensionAsked | TerminationAsked | ExclusionAsked | RequestWithdrawn


def _everybody_at_work(event: CaseProgressed, _: object) -> Told:
    yield from at_work(event)
    yield from street(event)


def _street(event: CaseProgressed, _: Explained | StageReached) -> Told:
    yield from street(event)


def _reviewers(_: CaseProgressed, __: Asked) -> Told:
    yield Recipient(CENTER, "center_operator")


def _two_reviewers(event: CaseProgressed, what: SuspensionAsked) -> Told:
    yield Recipient(what.unit, "unit_head")
    yield from street(event)
    yield Recipient(CENTER, "center_operator")


def _asker(_: CaseProgressed, what: RequestReviewed) -> Told:
    yield Recipient(what.unit, "clerk")
    yield Recipient(what.unit, "unit_head")


def _lead(event: CaseProgressed, _: ExclusionReviewed | FollowUpCalled) -> Told:
    yield Recipient(event.lead, "clerk")


def _handed_over(event: CaseProgressed, _: HandedOver) -> Told:
    yield from _everybody_at_work(event, _)
    yield Recipient(CENTER, "center_operator")


def _on_the_spot(event: CaseProgressed, _: ResolvedOnSpot) -> Told:
    if event.place.community is not None:
        yield Recipient(event.place.community, "clerk")
    yield from street(event)


def _consulting(_: CaseProgressed, what: ConsultationOpened) -> Told:
    yield Recipient(CENTER, "center_operator")
    yield from (Recipient(unit, "clerk") for unit in what.units)


def _reopened(event: CaseProgressed, _: Reopened) -> Told:
    yield Recipient(event.lead, "unit_head")
    yield from _everybody_at_work(event, _)


def _moved(event: CaseProgressed, what: Moved) -> Told:
    yield from _everybody_at_work(event, what)
    yield from (Recipient(moved.unit, "unit_head") for moved in what.units)


TELL: Final[dict[type, Callable[[CaseProgressed, Any], Told]]] = {
    Rejected: _everybody_at_work,
    HandedOver: _handed_over,
    ResolvedOnSpot: _on_the_spot,
    ConsultationOpened: _consulting,
    ExtensionAsked: _reviewers,
    SuspensionAsked: _two_reviewers,
    TerminationAsked: _reviewers,
    RequestWithdrawn: _reviewers,
    RequestReviewed: _asker,
    Extended: _everybody_at_work,
    Suspended: _everybody_at_work,
    Resumed: _everybody_at_work,
    Corrected: _everybody_at_work,
    Explained: _street,
    Terminated: _everybody_at_work,
    Reopened: _reopened,
    FollowUpCalled: _lead,
    ExclusionAsked: _reviewers,
    ExclusionReviewed: _lead,
    Moved: _moved,
    StageReached: _street,
}
