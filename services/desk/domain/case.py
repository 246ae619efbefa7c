"""A case as its people see it: where it stands, who has which part, what is due, and what the asker may do."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.contracts.events import Explanation, Limits, Place, ReportRef
from services.contracts.events.dispatch import Tier, Urgency
from services.contracts.events.progress import ClockKind, Handled, Role, State, Step
from services.contracts.events.report import Channel, Lane, ReporterKind, TakenIn
from services.desk.domain.due import on_time
from services.desk.domain.permitted import permitted
from services.desk.domain.service_steps import ServiceStep, service_steps_of
from services.desk.domain.whistles import WhistleShown, shown_whistle
from services.ledger.domain.acts import Asker
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.state import AssignmentRow, CaseDocument, CaseRow, ClockRow


class CaseAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class PartShown(msgspec.Struct, frozen=True, kw_only=True):
    """One department's part."""

    attempt: int
    unit: str
    role: Role
    handling_unit: str
    state: str
    opened_at: datetime
    due_at: datetime
    signed_in_at: datetime | None
    ended_at: datetime | None
    mine: bool


class ClockShown(msgspec.Struct, frozen=True, kw_only=True):
    """One clock; how its due date came about stands in the timeline."""

    kind: ClockKind
    unit: str
    cycle: int
    limit: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    on_time: bool | None
    next_step: Step | None
    next_at: datetime | None


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """A case as of `at`. Text is masked; contacts and raw words stay in the vault."""

    at: datetime
    case_id: UUID
    number: str
    state: State
    version: int
    revision: int
    """What `If-Match` wants; also the ETag."""
    attempt: int
    lead: str
    cooperating: list[str]
    branch: str | None
    tier: Tier
    urgency: Urgency
    item: str | None
    lane: Lane
    subdistrict: str | None
    place: Place
    text: str | None
    channel: Channel
    reporter_kind: ReporterKind
    attachments: tuple[UUID, ...]
    taken_in: TakenIn | None
    """At which counter, and from which paper."""
    added_to: str | None
    """Number of the case whose reporter added this: its own people may not read it."""
    reports: list[ReportRef]
    accepted_at: datetime
    opened_at: datetime
    changed_at: datetime
    signed_in_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    because: Explanation
    limits: Limits
    reference_version: int
    tried: list[str]
    reworks: int
    whistles: int
    supervision_open: int | None
    problem_ticket: bool
    duplicate_of: UUID | None
    answer: Handled | None
    service_steps: tuple[ServiceStep, ...]
    """Of a grid's matter: 走、议、办、回、评."""
    assignments: tuple[PartShown, ...]
    clocks: tuple[ClockShown, ...]
    whistle: WhistleShown | None
    """The open whistle."""
    proposals: tuple[ProposalRow, ...]
    """What waits, or waited, for a person's word."""
    may: tuple[str, ...]
    """Acts the asker may do now, by their `type`."""


_ALIKE: Final = tuple(
    name for name in CaseShown.__struct_fields__ if name in CaseRow.__struct_fields__ and name != "proposals"
)
"""Columns of the case that are shown, as they are; barred units and who may see it are not among them."""


def shown_case(document: CaseDocument, asker: Asker, at: datetime) -> CaseShown:
    """Return the case as this person sees it."""
    row, decision, report = document.case, document.decision, document.decision.report
    whistle = next((whistle for whistle in document.whistles if whistle.closed_at is None), None)
    return CaseShown(
        **{name: getattr(row, name) for name in _ALIKE},
        at=at,
        place=report.place,
        text=report.text,
        channel=report.channel,
        reporter_kind=report.reporter_kind,
        attachments=report.attachments,
        taken_in=report.taken_in,
        added_to=report.added_to,
        because=decision.because,
        limits=decision.limits,
        service_steps=service_steps_of(document),
        assignments=tuple(_shown_part(part, asker) for part in sorted(document.assignments, key=_newest_lead_first)),
        clocks=tuple(_shown_clock(clock, at) for clock in sorted(document.clocks, key=lambda clock: clock.due_at)),
        whistle=None if whistle is None else shown_whistle(whistle, row, document.calls),
        proposals=tuple(row.proposals or ()),
        may=permitted(document, asker),
    )


def _newest_lead_first(part: AssignmentRow) -> tuple[int, bool, str]:
    return (-part.attempt, part.role != "lead", part.unit)


def _shown_part(part: AssignmentRow, asker: Asker) -> PartShown:
    return PartShown(
        attempt=part.attempt,
        unit=part.unit,
        role=part.role,
        handling_unit=part.handling_unit,
        state=part.state,
        opened_at=part.opened_at,
        due_at=part.due_at,
        signed_in_at=part.signed_in_at,
        ended_at=part.ended_at,
        mine=bool({part.unit, part.handling_unit} & set(asker.units)),
    )


def _shown_clock(clock: ClockRow, at: datetime) -> ClockShown:
    return ClockShown(
        kind=clock.kind,
        unit=clock.unit,
        cycle=clock.cycle,
        limit=clock.allowed,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        on_time=on_time(clock, at),
        next_step=clock.next_step,
        next_at=clock.next_at,
    )
