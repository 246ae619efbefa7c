"""What the system or a colleague proposes and a person confirms or declines: kept on the case's own row (design §8)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.contracts.events.whistles import MeetingPoint, ProposalKind, WhistleKind


class ProposalRow(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One proposal of a case."""

    number: int
    """Counts the case's proposals."""
    kind: ProposalKind
    unit: str
    """Whom it concerns: the unit that is late, or the subdistrict that wants to blow."""
    because: str
    """The step that was reached, or the words of whoever asks."""
    proposed_at: datetime
    proposed_by: UUID | None = None
    """None for the system."""
    state: Literal["proposed", "confirmed", "declined"] = "proposed"
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    decided_unit: str = ""
    reason: str = ""
    whistle: int | None = None
    """The whistle to be judged afterwards."""
    whistle_kind: WhistleKind | None = None
    called: tuple[str, ...] = ()
    ongoing: bool = False
    meeting: MeetingPoint | None = None
