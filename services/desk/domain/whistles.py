"""Whistles as people see them: who was called, who came, who did not."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from services.contracts.events.progress import State, WhistleKind
from services.contracts.events.whistles import MeetingPoint
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


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """From 1 to 5, 5 is best."""

    punctuality: int
    effort: int
    result: int
    satisfaction: int
    remark: str
    at: datetime


class CallShown(msgspec.Struct, frozen=True, kw_only=True):
    """One called department. `late`: came after its time; a no-show may still come."""

    unit: str
    role: Literal["lead", "cooperating"]
    branch: str | None
    """The department's office in the subdistrict, which is to come."""
    person_called: UUID | None
    """Who was on duty, or the head where nobody was."""
    head_called: bool
    state: Literal["called", "reported_in", "no_show", "refused", "handed_on"]
    due_at: datetime
    reported_in_at: datetime | None
    late: bool
    place: str
    photo: UUID | None
    refusal: str
    judged: Judged | None
    """How the whistler judged it, once it has."""


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
    ongoing: bool
    blown_at: datetime
    closed_at: datetime | None
    result: str
    """What the joint work came to."""
    wrong_because: str
    """Why it should not have been blown; empty for a right one."""
    evaluated_at: datetime | None
    meeting: MeetingPoint | None
    """Where they meet; none: at the place of the case."""
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
        ongoing=whistle.ongoing,
        blown_at=whistle.blown_at,
        closed_at=whistle.closed_at,
        result=whistle.result,
        wrong_because=whistle.wrong_because,
        evaluated_at=whistle.evaluated_at,
        meeting=whistle.meeting,
        calls=tuple(_shown_call(call) for call in calls if call.number == whistle.number),
    )


def _shown_call(call: CallRow) -> CallShown:
    return CallShown(
        unit=call.unit,
        role=call.role,
        branch=call.branch,
        person_called=call.person_called,
        head_called=call.head_called,
        state=call.state,  # type: ignore[arg-type]  # the column's check names the same four
        due_at=call.due_at,
        reported_in_at=call.reported_in_at,
        late=call.reported_in_at is not None and call.reported_in_at > call.due_at,
        place=call.place,
        photo=call.photo,
        refusal=call.refusal,
        judged=_judged(call),
    )


def _judged(call: CallRow) -> Judged | None:
    scores = (call.punctuality, call.effort, call.result, call.satisfaction)
    if call.evaluated_at is None or None in scores:
        return None
    return Judged(
        punctuality=call.punctuality or 0,
        effort=call.effort or 0,
        result=call.result or 0,
        satisfaction=call.satisfaction or 0,
        remark=call.remark,
        at=call.evaluated_at,
    )
