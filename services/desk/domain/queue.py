"""The queue: what is expected of the asker's units, until when."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import Card, State
from services.desk.domain.cards import RunningClock

Expected = Literal["sign_in", "handle", "deliver_part", "report_in", "verify", "dispatch", "review", "follow_up"]
Part = Literal["lead", "cooperating", "copy", "supervising", "called", "verifying", "reviewing", "following_up"]

ROWS_MAX: Final = 200
ROWS_USUAL: Final = 50
_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class QueueFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What of the queue is asked for. Without `expected`, everything of which something is expected now."""

    state: State | None = None
    item: _Code | None = None
    subdistrict: _Code | None = None
    overdue: bool | None = None
    expected: Expected | Literal["none", "any"] | None = None
    """`none`: our part is done and others are at work; `any`: those too."""
    q: _Code | None = None
    """The case's number."""
    mine: bool | None = None
    """Only cases that the asker holds in their unit."""
    place: _Code | None = None
    """Words of the address."""


class QueueAsked(QueueFilter, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A filter, and how much from where."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=ROWS_MAX)] = ROWS_USUAL
    cursor: str | None = None

    def filter(self) -> QueueFilter:
        """What a cursor is bound to: a page may be larger than the one before, but of the same list."""
        return QueueFilter(**{name: getattr(self, name) for name in QueueFilter.__struct_fields__})


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """What a page found out before it asks: neither is a parameter that anybody sends."""

    near: tuple[str, ...] = ()
    """Units of the ground whose names have the words of `place`; they count like the address."""
    cases: tuple[UUID, ...] | None = None
    """Only these."""


class QueuePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the last row's place in the order (due time, case, part)."""

    due_at: datetime
    case_id: UUID
    part: str


class Whereabouts(msgspec.Struct, frozen=True, kw_only=True):
    """Where the matter is, as a clerk names it; the point stands in the case itself."""

    subdistrict: str | None = None
    community: str | None = None
    grid: str | None = None


class FoundTask(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the queue as the database gives it."""

    case_id: UUID
    number: str
    item: str | None
    state: State
    urgency: Urgency
    subdistrict: str | None
    place: Whereabouts | None
    expected: Expected | None
    role: Part
    unit: str
    handling_unit: str
    due_at: datetime
    overdue: bool
    accepted_at: datetime
    revision: int
    version: int
    whistle_open: int | None
    reference_version: int
    running: tuple[RunningClock, ...]
    """The case's clocks that run."""
    part: str

    def clocks(self) -> Iterator[RunningClock]:
        """The running clocks that concern this row: the unit's own and the case's."""
        return (clock for clock in self.running if clock.unit in {"", self.unit})

    def expected_by(self) -> datetime:
        """Signing in has a clock of its own; everything else is due with the row."""
        if self.expected != "sign_in":
            return self.due_at
        return min((clock.due_at for clock in self.clocks() if clock.kind == "sign_in"), default=self.due_at)


class FoundTasks(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    tasks: tuple[FoundTask, ...]


class QueueTask(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. `revision` is what the act's `If-Match` wants."""

    case_id: UUID
    number: str
    item: str | None
    state: State
    urgency: Urgency
    place: Whereabouts
    expected: Expected | None
    """None: nothing now, others are at work."""
    expected_by: datetime
    """Until when that is expected; for signing in earlier than `due_at`."""
    role: Part
    unit: str
    handling_unit: str
    due_at: datetime
    overdue: bool
    card: Card | None
    accepted_at: datetime
    revision: int
    version: int
    whistle_open: int | None


class QueuePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the queue, due first, as of `at`. `next` is the cursor of the next page, if there is one."""

    at: datetime
    rows: tuple[QueueTask, ...]
    next: str | None


def shown(task: FoundTask, card: Card | None) -> QueueTask:
    """Return the row as people see it."""
    known = task.place or Whereabouts()
    return QueueTask(
        case_id=task.case_id,
        number=task.number,
        item=task.item,
        state=task.state,
        urgency=task.urgency,
        place=Whereabouts(subdistrict=task.subdistrict, community=known.community, grid=known.grid),
        expected=task.expected,
        expected_by=task.expected_by(),
        role=task.role,
        unit=task.unit,
        handling_unit=task.handling_unit,
        due_at=task.due_at,
        overdue=task.overdue,
        card=card,
        accepted_at=task.accepted_at,
        revision=task.revision,
        version=task.version,
        whistle_open=task.whistle_open,
    )
