"""A fact as it moves the board: no text anybody wrote, no place finer than the grid, no person."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from services.board.domain.cards import report_in_calendar, standing_of
from services.contracts.events import CaseProgressed, ClockSnapshot, Event


class MovedCalled(msgspec.Struct, frozen=True, gc=False):
    unit: str
    due_at: datetime


class MovedWhistle(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whistle as blown."""

    number: int
    kind: str
    subdistrict: str
    called: tuple[MovedCalled, ...]
    automatic: bool = False


class MovedWhat(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of every kind of fact the fields that the board shows; the tag says which fact it is."""

    type: str
    step: str | None = None
    clock: str | None = None
    """Whose step it is: of several clocks of a case each may be late."""
    card: str | None = None
    marks_only: bool = False
    unit: str | None = None
    whistle: MovedWhistle | None = None
    number: int | str | None = None
    """Of a whistle; of the other case, where two became one."""
    late: bool | None = None
    all_in: bool | None = None
    on_time: bool | None = None
    old_lead: str | None = None


class MovedPlace(msgspec.Struct, frozen=True):
    subdistrict: str | None = None
    grid: str | None = None


class Movement(Event, frozen=True, kw_only=True):
    """What of a `CaseProgressed` the board reads."""

    TYPE: ClassVar[str] = CaseProgressed.TYPE

    case_id: UUID
    version: int
    at: datetime
    what: MovedWhat
    state: str
    number: str
    item: str | None = None
    place: MovedPlace = MovedPlace()
    lane: str = "ordinary"
    barred_units: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    lead: str
    cooperating: tuple[str, ...] = ()
    urgency: str
    accepted_at: datetime
    reference_version: int
    whistle_open: int | None = None
    supervision_open: int | None = None
    clocks: tuple[ClockSnapshot, ...] = ()


def delta_of(movement: Movement) -> dict[str, Any]:
    """Return what viewers are sent. A client keeps the highest version of a case, so applying twice is harmless."""
    standing = standing_of(movement.clocks, movement.reference_version)
    return {
        "case_id": movement.case_id,
        "number": movement.number,
        "version": movement.version,
        "at": movement.at,
        "what": movement.what,
        "state": movement.state,
        "item": movement.item,
        "urgency": movement.urgency,
        "subdistrict": movement.place.subdistrict,
        "grid": movement.place.grid,
        "lead": movement.lead,
        "cooperating": movement.cooperating,
        "accepted_at": movement.accepted_at,
        "card": standing.card,
        "due_at": standing.due_at,
        "calendar": standing.calendar,
        "calls_calendar": report_in_calendar(movement.clocks, movement.whistle_open or 0, movement.reference_version),
        "whistle_open": movement.whistle_open,
        "supervision_open": movement.supervision_open,
    }
