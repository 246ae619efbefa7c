"""Who is told of a fact: a pure function from the fact to units and roles (domain §6.4, design §8)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from services.contracts.events.progress import (
    CaseProgressed,
    Closed,
    Dispatched,
    FollowedUp,
    Handled,
    Noted,
    Opened,
    PartDelivered,
    ReportedIn,
    ReturnAsked,
    ReworkOrdered,
    Step,
    StepTaken,
    SupervisionOrdered,
    Whistle,
    WhistleBlown,
)

CENTER: Final = "district_command_center"


class Recipient(msgspec.Struct, frozen=True):
    """A role in a unit; whoever holds it is told."""

    unit: str
    role: str


Told = Iterator[Recipient]

OF_THE_UNIT: Final[dict[Step, tuple[str, ...]]] = {
    "reminder": ("clerk",),
    "limit": ("clerk", "unit_head"),
    "letter": ("unit_head",),
    "supervision": ("clerk", "unit_head"),
    "bulletin_proposal": ("unit_head",),
    "interview_proposal": ("unit_head",),
    "express": ("unit_head",),
    "urge": ("clerk", "unit_head"),
    "no_show": ("clerk", "unit_head"),
    "resume": ("clerk",),
}
"""Who in the unit that is late is told of each step; from the limit on its head knows."""
STREET_FROM: Final[frozenset[Step]] = frozenset({"limit", "letter", "supervision", "no_show"})
"""Steps the subdistrict's coordinator is told of."""
OF_THE_CENTER: Final[dict[Step, tuple[str, ...]]] = {
    "letter": ("center_operator",),
    "supervision": ("center_operator", "center_leader"),
    "bulletin_proposal": ("center_operator", "center_leader"),
    "interview_proposal": ("center_operator", "center_leader", "inspector"),
    "express": ("center_leader",),
    "no_show": ("center_operator",),
}


def recipients_of(event: CaseProgressed) -> tuple[Recipient, ...]:
    """Return who is told, each once, in a fixed order.

    Nobody is told of a case they may not see: a unit outside `units` or accused in the case hears nothing (X-10).
    """
    tell = _TELL.get(type(event.what))
    if tell is None:
        return ()
    seeing, barred = set(event.units), set(event.barred_units)
    told = dict.fromkeys(tell(event, event.what))
    return tuple(one for one in told if one.unit in seeing and not {one.unit, department_of(one.unit)} & barred)


def department_of(unit: str) -> str:
    """Return the department of a branch office such as `urban_management@sub-03`; any other unit is its own."""
    return unit.partition("@")[0]


def _opened(event: CaseProgressed, what: Opened) -> Told:
    yield from _at_work(event)
    if what.consulting:
        yield Recipient(CENTER, "center_operator")
    if event.urgency == "emergency":  # major matters at once: the head and the street do not wait for a step
        yield Recipient(event.lead, "unit_head")
        yield from _street(event)


def _dispatched(event: CaseProgressed, _: Dispatched) -> Told:
    yield from _at_work(event)


def _returned(_: CaseProgressed, __: ReturnAsked) -> Told:
    yield Recipient(CENTER, "center_operator")


def _step(event: CaseProgressed, what: StepTaken) -> Told:
    if what.marks_only:  # recorded while a whistle is open; the whistle's own clocks do the telling
        return
    late = what.unit or (event.lead if what.clock not in {"verification", "follow_up", "review"} else CENTER)
    yield from (Recipient(late, role) for role in OF_THE_UNIT[what.step] if late != CENTER)
    if late == CENTER:
        yield Recipient(CENTER, "center_operator")
    if what.step in STREET_FROM or what.clock == "verification":
        yield from _street(event)
    yield from (Recipient(CENTER, role) for role in OF_THE_CENTER.get(what.step, ()))
    if what.whistle is not None:
        yield from _called(event, what.whistle)
    if what.supervision is not None:
        yield from _supervised(event)


def _blown(event: CaseProgressed, what: WhistleBlown) -> Told:
    yield from _called(event, what.whistle)


def _reported_in(event: CaseProgressed, what: ReportedIn) -> Told:
    yield from _street(event)
    if what.late:
        yield Recipient(CENTER, "center_operator")


def _part_delivered(event: CaseProgressed, _: PartDelivered) -> Told:
    yield Recipient(event.lead, "clerk")


def _handled(event: CaseProgressed, _: Handled) -> Told:
    yield from _street(event)  # verifies, being another than the handler
    if event.place.subdistrict is None:
        yield Recipient(CENTER, "center_operator")


def _rework(event: CaseProgressed, what: ReworkOrdered) -> Told:
    yield Recipient(event.lead, "clerk")
    if what.problem_ticket:
        yield Recipient(event.lead, "unit_head")
        yield Recipient(CENTER, "center_operator")


def _closed(event: CaseProgressed, _: Closed) -> Told:
    yield from _at_work(event)
    yield from _street(event)


def _followed_up(event: CaseProgressed, _: FollowedUp) -> Told:
    yield Recipient(event.lead, "clerk")


def _supervision(event: CaseProgressed, _: SupervisionOrdered) -> Told:
    yield from _supervised(event)


def _noted(event: CaseProgressed, what: Noted) -> Told:
    if what.kind == "urge":
        yield Recipient(event.lead, "clerk")


def _at_work(event: CaseProgressed) -> Iterable[Recipient]:
    return (Recipient(unit, "clerk") for unit in (event.lead, *event.cooperating))


def _street(event: CaseProgressed) -> Told:
    if event.place.subdistrict is not None:
        yield Recipient(event.place.subdistrict, "subdistrict_coordinator")


def _called(event: CaseProgressed, whistle: Whistle) -> Told:
    for called in whistle.called:
        yield Recipient(called.unit, "clerk")
        yield Recipient(called.unit, "unit_head")
    yield from _street(event)
    yield Recipient(CENTER, "center_operator")


def _supervised(event: CaseProgressed) -> Told:
    yield Recipient(event.lead, "unit_head")
    yield from _street(event)
    yield Recipient(CENTER, "center_operator")
    yield Recipient(CENTER, "center_leader")


_TELL: Final[dict[type, Callable[[CaseProgressed, Any], Told]]] = {
    Opened: _opened,
    Dispatched: _dispatched,
    ReturnAsked: _returned,
    StepTaken: _step,
    WhistleBlown: _blown,
    ReportedIn: _reported_in,
    PartDelivered: _part_delivered,
    Handled: _handled,
    ReworkOrdered: _rework,
    Closed: _closed,
    FollowedUp: _followed_up,
    SupervisionOrdered: _supervision,
    Noted: _noted,
}
"""Facts that are missing here (signed in, verified, superseded) tell nobody."""
