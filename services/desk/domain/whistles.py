"""Whistles as people see them: who was called, who came, who did not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from services.contracts.events.progress import State, WhistleKind
from services.ledger.domain.state import CallRow, CaseRow, WhistleRow

WHISTLES_MAX = 200


class WhistleFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Open whistles, oldest first; or those that have closed, newest first."""

    open: bool = True
    subdistrict: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")] | None = None


class WhistlesAsked(WhistleFilter, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=WHISTLES_MAX)] = 50
    cursor: str | None = None

    def filter(self) -> WhistleFilter:
        return WhistleFilter(open=self.open, subdistrict=self.subdistrict)


class WhistlePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended."""

    blown_at: datetime
    case_id: UUID
    number: int


class CallShown(msgspec.Struct, frozen=True, kw_only=True):
    """One called department. `late`: came after its time; a no-show may still come."""

    unit: str
    state: Literal["called", "reported_in", "no_show"]
    due_at: datetime
    reported_in_at: datetime | None
    late: bool
    place: str


class WhistleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A whistle with its calls; `case_*` says where its case stands now."""

    case_id: UUID
    case_number: str
    case_state: State
    case_revision: int
    item: str | None
    lead: str
    number: int
    """Counts the case's whistles."""
    kind: WhistleKind
    subdistrict: str
    automatic: bool
    reason: str
    blown_at: datetime
    closed_at: datetime | None
    calls: tuple[CallShown, ...]


class WhistlesFound(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    whistles: tuple[WhistleShown, ...]


class WhistlesPage(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    rows: tuple[WhistleShown, ...]
    next: str | None


def shown_whistle(whistle: WhistleRow, case: CaseRow, calls: Iterable[CallRow]) -> WhistleShown:
    """Return a whistle of a case with its own calls."""
    return WhistleShown(
        case_id=whistle.case_id,
        case_number=case.number,
        case_state=case.state,
        case_revision=case.revision,
        item=case.item,
        lead=case.lead,
        number=whistle.number,
        kind=whistle.kind,
        subdistrict=whistle.subdistrict,
        automatic=whistle.automatic,
        reason=whistle.reason,
        blown_at=whistle.blown_at,
        closed_at=whistle.closed_at,
        calls=tuple(_shown_call(call) for call in calls if call.number == whistle.number),
    )


def _shown_call(call: CallRow) -> CallShown:
    return CallShown(
        unit=call.unit,
        state=call.state,  # type: ignore[arg-type]  # the column's check names the same three
        due_at=call.due_at,
        reported_in_at=call.reported_in_at,
        late=call.reported_in_at is not None and call.reported_in_at > call.due_at,
        place=call.place,
    )
