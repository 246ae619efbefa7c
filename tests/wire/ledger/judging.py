"""Reading a case from its first fact to its last: what must be true of it, whatever anybody did."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.contracts.events.life import (
    Corrected,
    Extended,
    ExtensionAsked,
    Reopened,
    RequestReviewed,
    ResolvedOnSpot,
    Resumed,
    SuspensionAsked,
    TerminationAsked,
)
from services.contracts.events.moves import Moved
from services.contracts.events.progress import (
    Closed,
    Dispatched,
    FollowedUp,
    Handled,
    ReturnAsked,
    ReworkOrdered,
    Verified,
)
from tests.unit.ledger.reasons import says_why

OF_RESIDENTS: Final = (FollowedUp, Reopened, ReworkOrdered, Dispatched)
"""A resident belongs to no unit: adds to a report, and by that may begin a closed case again (S4-03, X-14)."""

NOBODY: Final[Mapping[UUID, UUID]] = {}


def judge(bodies: Iterable[bytes], reported_by: Mapping[UUID, UUID] = NOBODY) -> None:
    """Read every case from its first fact to its last; the facts come in the order of (case, version).

    `reported_by` names, by case, who reported it as solved on the spot.
    """
    cases: dict[Any, list[CaseProgressed]] = {}
    for body in bodies:
        event = decode(body, CaseProgressed)
        cases.setdefault(event.case_id, []).append(event)
    for events in cases.values():
        assert [event.version for event in events] == list(range(1, len(events) + 1))
        for event in events:
            has_an_actor_and_a_reason(event)
        nobody_verifies_their_own_work(events, reported_by.get(events[0].case_id))
        no_return_moves_the_promise(events)
        says_what_it_was_before(events)
        is_moved_once(events)


def no_return_moves_the_promise(events: list[CaseProgressed]) -> None:
    """Only an extension that is granted, the end of a suspension, and a calendar or mode that comes into force move it.

    No return, redispatch or rework does, and no unit that ends.
    """
    for before, event in pairwise(events):
        was, now = promises_of(before), promises_of(event)
        if any(was[cycle] != now[cycle] for cycle in was.keys() & now.keys()):
            what = event.what
            assert isinstance(what, Extended | Resumed) or (isinstance(what, Moved) and what.because != ("units",))


def is_moved_once(events: list[CaseProgressed]) -> None:
    """Each version moves a case at most once, in the order in which they come into force, and no earlier than that."""
    moved = [(event.at, event.what) for event in events if isinstance(event.what, Moved)]
    began = [what.active_from for _, what in moved]
    assert began == sorted(set(began))
    assert all(at >= what.active_from for at, what in moved)


def promises_of(event: CaseProgressed) -> dict[int, datetime]:
    return {clock.cycle: clock.due_at for clock in event.clocks if clock.kind == "promise"}


def says_what_it_was_before(events: list[CaseProgressed]) -> None:
    """A correction names what the fact before it still said, and its own fact says what is right."""
    for before, event in pairwise(events):
        if isinstance(event.what, Corrected):
            assert (event.what.item_before, event.what.item) == (before.item, event.item)
            assert event.what.place_before in (None, before.place)
            assert event.place == (event.what.place or before.place)


def has_an_actor_and_a_reason(event: CaseProgressed) -> None:
    assert event.actor.role
    assert event.actor.unit or (event.actor.role == "resident" and isinstance(event.what, OF_RESIDENTS))
    assert event.at.tzinfo is not None
    assert says_why(event.what), event.what


def nobody_verifies_their_own_work(events: list[CaseProgressed], handler: UUID | None) -> None:
    asked = None
    for event in events:
        match event.what:
            case Handled() | ResolvedOnSpot():
                handler = event.actor.person
            case Verified() | Closed():
                assert handler is not None
                assert event.actor.person != handler
            case RequestReviewed():
                assert event.actor.person != asked
            case ReturnAsked() | ExtensionAsked() | SuspensionAsked() | TerminationAsked():
                asked = event.actor.person
            case _:
                pass
