"""Proposing: by the clock or by a colleague; the same is never asked twice while it waits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.events.whistles import MeetingPoint, ProposalKind, WhistleKind
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.taken import TakenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposing:
    """What is proposed, about whom, and why."""

    kind: ProposalKind
    unit: str
    because: str
    by: UUID | None = None
    whistle: int | None = None
    whistle_kind: WhistleKind | None = None
    called: tuple[str, ...] = ()
    ongoing: bool = False
    meeting: MeetingPoint | None = None


def propose(case: TakenCase, asked: Proposing, now: datetime) -> ProposalRow:
    """Open a proposal; one of the same kind about the same unit that still waits is joined instead."""
    for known in case.proposals:
        if known.state == "proposed" and (known.kind, known.unit) == (asked.kind, asked.unit):
            return known
    row = ProposalRow(
        number=len(case.proposals) + 1,
        kind=asked.kind,
        unit=asked.unit,
        because=asked.because,
        proposed_at=now,
        proposed_by=asked.by,
        whistle=asked.whistle,
        whistle_kind=asked.whistle_kind,
        called=asked.called,
        ongoing=asked.ongoing,
        meeting=asked.meeting,
    )
    case.keep(row)
    return row
