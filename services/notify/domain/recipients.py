"""Who is told of a fact: a pure function from the fact to units and roles (domain §6.4, design §8)."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events.life import Archived
from services.contracts.events.progress import (
    CaseProgressed,
    Closed,
    DecisionSuperseded,
    Dispatched,
    FollowedUp,
    Handled,
    Noted,
    Opened,
    PartDelivered,
    ReturnAsked,
    ReworkOrdered,
    SignedIn,
    StepTaken,
    Verified,
)
from services.notify.domain.telling import of_life, of_merging, of_whistles
from services.notify.domain.telling.of_steps import OF_THE_CENTER, told_of_step
from services.notify.domain.telling.parties import CENTER, Recipient, Told, at_work, street

SILENT: Final = frozenset({SignedIn, DecisionSuperseded, Verified, Archived}) | of_merging.SILENT
"""Facts that tell nobody."""


def recipients_of(event: CaseProgressed) -> tuple[Recipient, ...]:
    """Return who is told, each once, in a fixed order.

    Nobody is told of a case they may not see: a unit outside `units` or accused in the case hears nothing (X-10).
    """
    tell = TELL.get(type(event.what))
    if tell is None:
        return ()
    seeing, barred = set(event.units), set(event.barred_units)
    told = dict.fromkeys(tell(event, event.what))
    return tuple(one for one in told if one.unit in seeing and not {one.unit, department_of(one.unit)} & barred)


def department_of(unit: str) -> str:
    """Return the department of a branch office such as `urban_management@sub-03`; any other unit is its own."""
    return unit.partition("@")[0]


def _opened(event: CaseProgressed, what: Opened) -> Told:
    yield from at_work(event)
    if what.consulting:
        yield Recipient(CENTER, "center_operator")
    if event.urgency == "emergency":  # major matters at once: the head and the street do not wait for a step
        yield Recipient(event.lead, "unit_head")
        yield from street(event)


def _dispatched(event: CaseProgressed, what: Dispatched) -> Told:
    yield from at_work(event)
    yield from _deciding(what)


def _deciding(what: Dispatched | ReworkOrdered) -> Told:
    """Give who has a word to say on the interviews that a problem ticket proposes."""
    if what.proposals:
        yield from (Recipient(CENTER, role) for role in OF_THE_CENTER["interview_proposal"])


def _returned(_: CaseProgressed, __: ReturnAsked) -> Told:
    yield Recipient(CENTER, "center_operator")


def _part_delivered(event: CaseProgressed, _: PartDelivered) -> Told:
    yield Recipient(event.lead, "clerk")


def _handled(event: CaseProgressed, _: Handled) -> Told:
    yield from street(event)  # verifies, being another than the handler
    if event.place.subdistrict is None:
        yield Recipient(CENTER, "center_operator")


def _rework(event: CaseProgressed, what: ReworkOrdered) -> Told:
    yield Recipient(event.lead, "clerk")
    if what.problem_ticket:
        yield Recipient(event.lead, "unit_head")
        yield Recipient(CENTER, "center_operator")
    yield from _deciding(what)


def _closed(event: CaseProgressed, _: Closed) -> Told:
    yield from at_work(event)
    yield from street(event)
    grid = event.place.grid
    if grid is not None and any(report.channel == "grid_worker" for report in event.reports):
        yield Recipient(grid, "grid_worker")  # the result flows down to whoever reported it (S4-08)


def _followed_up(event: CaseProgressed, _: FollowedUp) -> Told:
    yield Recipient(event.lead, "clerk")


def _noted(event: CaseProgressed, what: Noted) -> Told:
    if what.kind == "urge":
        yield Recipient(event.lead, "clerk")


TELL: Final[dict[type, Callable[[CaseProgressed, Any], Told]]] = {
    Opened: _opened,
    Dispatched: _dispatched,
    ReturnAsked: _returned,
    StepTaken: told_of_step,
    PartDelivered: _part_delivered,
    Handled: _handled,
    ReworkOrdered: _rework,
    Closed: _closed,
    FollowedUp: _followed_up,
    Noted: _noted,
    **of_whistles.TELL,
    **of_life.TELL,
    **of_merging.TELL,
}
