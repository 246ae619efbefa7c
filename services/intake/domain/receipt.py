"""What a reporter is answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from services.intake.domain.lanes import Advice


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the reporter keeps. It promises that the report is committed."""

    report_id: UUID
    number: str
    tracking_code: str
    accepted_at: datetime
    advice: Advice | None = None
    """Of a report with a special route: whom to call, or which way to go instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    receipt: Receipt
    replayed: bool = False
    """The key was used before, for the same body."""
    repeats: UUID | None = None
    """The earlier report that its reporter made in the same words (X-11)."""
