"""Units and roles of a case that are told together."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from services.contracts.events.progress import CaseProgressed, Whistle

CENTER: Final = "district_command_center"


class Recipient(msgspec.Struct, frozen=True):
    """A role in a unit; whoever holds it is told."""

    unit: str
    role: str


Told = Iterator[Recipient]


def at_work(event: CaseProgressed) -> Iterable[Recipient]:
    """Return the clerks of all departments that work on the case."""
    return (Recipient(unit, "clerk") for unit in (event.lead, *event.cooperating))


def street(event: CaseProgressed) -> Told:
    """Give the subdistrict's coordinator, where the place has a subdistrict."""
    if event.place.subdistrict is not None:
        yield Recipient(event.place.subdistrict, "subdistrict_coordinator")


def called(event: CaseProgressed, whistle: Whistle) -> Told:
    """Give whom a whistle calls, and who follows it."""
    for one in whistle.called:
        yield Recipient(one.unit, "clerk")
        yield Recipient(one.unit, "unit_head")
        if one.branch is not None:
            yield Recipient(one.branch, "clerk")
    yield from street(event)
    yield Recipient(CENTER, "center_operator")


def supervised(event: CaseProgressed) -> Told:
    """Give whom a supervision order concerns."""
    yield Recipient(event.lead, "unit_head")
    yield from street(event)
    yield Recipient(CENTER, "center_operator")
    yield Recipient(CENTER, "center_leader")
