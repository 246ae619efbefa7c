"""Proposing: by the clock or by a colleague; the same is never asked twice while it waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.contracts.events.whistles import MeetingPoint, ProposalKind, Proposed, WhistleKind
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


REWORKS: Final = "reworks"
DEPARTMENTS: Final = "departments"
"""Why an interview is proposed for a problem ticket: as often reworked, or by as many passed on, as may be."""


def propose_interviews(case: TakenCase, units: Iterable[str], because: str, now: datetime) -> tuple[Proposed, ...]:
    """Propose an interview with each of the units: an act of authority, for a person to confirm (domain §6.4)."""
    asked = [propose(case, Proposing(kind="interview", unit=unit, because=because), now) for unit in units]
    return tuple(Proposed(row.number, row.kind, row.unit) for row in asked)


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
