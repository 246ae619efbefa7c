"""A case as taken: its rows, and nothing the ledger does not store. Field names are the columns'."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import CaseDispatched, Tier, Urgency
from services.contracts.events.progress import ClockKind, Handled, ReportRef, Role, State, Step, WhistleKind
from services.contracts.events.report import Lane
from services.contracts.events.whistles import MeetingPoint
from services.ledger.domain.adjusting import Adjustment
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.requests import Exclusion, Request

CENTER = "district_command_center"


class CaseRow(msgspec.Struct, kw_only=True):
    """One row of `ledger.cases`."""

    case_id: UUID
    number: str
    version: int
    found_version: int = 0
    """The version it was taken at; a write refuses any other (design §3)."""
    asker: int = 1
    """Whose act changes it, by the place among those who ask together, from 1; of one alone it is the first."""
    revision: int = 1
    state: State
    attempt: int
    attempt_awaited: int | None = None
    superseded: list[int] = []
    tried: list[str] = []
    lead: str
    cooperating: list[str]
    branch: str | None = None
    tier: Tier
    urgency: Urgency
    item: str | None = None
    lane: Lane
    barred_units: list[str] = []
    units: list[str] = []
    subdistrict: str | None = None
    accepted_at: datetime
    opened_at: datetime
    changed_at: datetime
    signed_in_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    reference_version: int
    applied_version: int
    whistle_open: int | None = None
    whistles: int = 0
    supervision_open: int | None = None
    supervisions: int = 0
    reworks: int = 0
    problem_ticket: bool = False
    handler: UUID | None = None
    duplicate_of: UUID | None = None
    reports: list[ReportRef] = []
    answer: Handled | None = None
    request: Request | None = None
    """What the lead asked for and nobody has decided yet."""
    extensions: int = 0
    suspensions: int = 0
    explanations: int = 0
    designated: bool = False
    """The lead is finally designated and cannot return the case."""
    excluded: bool = False
    exclusion: Exclusion | None = None
    proposals: list[ProposalRow] | None = None
    """What waits, or waited, for a person's word."""


class AssignmentRow(msgspec.Struct, kw_only=True):
    """One department's part of the case."""

    case_id: UUID
    attempt: int
    unit: str
    role: Role
    handling_unit: str
    state: str
    opened_at: datetime
    due_at: datetime
    signed_in_at: datetime | None = None
    ended_at: datetime | None = None


class ClockRow(msgspec.Struct, kw_only=True):
    """One clock: what was allowed, when it is due, and the step it owes next."""

    case_id: UUID
    kind: ClockKind
    unit: str
    cycle: int
    started_at: datetime
    allowed: str
    due_at: datetime
    stopped_at: datetime | None = None
    calendar: int
    ladder: str
    next_step: Step | None = None
    next_at: datetime | None = None
    paused_at: datetime | None = None
    """Since when it stands still; it keeps the step it will owe next, without an instant."""
    adjusted: list[Adjustment] | None = None
    """Pauses, extensions and holds, in order."""
    usual: str | None = None
    """The limit as decided, while an emergency mode puts `allowed` in its place."""
    counted_from: datetime | None = None
    """Since when `allowed` counts, where that is later than the start: no limit counts before it was made."""
    stage: str = ""
    """Which of several limits of one item it is, such as 制止 (X-20)."""

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.kind, self.unit, self.cycle)


class WhistleRow(msgspec.Struct, kw_only=True):
    case_id: UUID
    number: int
    kind: WhistleKind
    subdistrict: str
    automatic: bool
    reason: str
    blown_at: datetime
    closed_at: datetime | None = None
    ongoing: bool = False
    blown_by: UUID | None = None
    """None when the clock blew it."""
    result: str = ""
    wrong_because: str = ""
    """Why it should not have been blown; empty for a right one."""
    evaluated_at: datetime | None = None
    """When the last of the called departments was judged."""
    meeting: MeetingPoint | None = None


class CallRow(msgspec.Struct, kw_only=True):
    """One department called by a whistle."""

    case_id: UUID
    number: int
    unit: str
    state: str
    due_at: datetime
    reported_in_at: datetime | None = None
    person: UUID | None = None
    """Who came."""
    place: str = ""
    photo: UUID | None = None
    role: Literal["lead", "cooperating"] = "cooperating"
    branch: str | None = None
    """The department's office in the subdistrict, which is to come."""
    person_called: UUID | None = None
    """Who was on duty there, or its head."""
    head_called: bool = False
    refusal: str = ""
    punctuality: int | None = None
    effort: int | None = None
    result: int | None = None
    satisfaction: int | None = None
    remark: str = ""
    evaluated_at: datetime | None = None


class StepRow(msgspec.Struct, kw_only=True):
    """A step that took effect; its first five fields are its natural key."""

    case_id: UUID
    kind: ClockKind
    unit: str
    cycle: int
    step: Step
    owed_at: datetime
    effective_at: datetime
    version: int


class CaseDocument(msgspec.Struct, kw_only=True):
    """What `ledger.take` gives of one case."""

    case: CaseRow
    decision: CaseDispatched
    """The decision in force, with the facts of the report that opened the case."""
    assignments: list[AssignmentRow] = []
    clocks: list[ClockRow] = []
    whistles: list[WhistleRow] = []
    calls: list[CallRow] = []
