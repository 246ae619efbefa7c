"""Who is on duty where (S1-07)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.ledger.domain.words import Unit


class RosterAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    unit: Unit


class ShiftEntered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody of the unit is on duty from one instant to another, at most 31 days."""

    unit: Unit
    person_id: UUID
    begins_at: Annotated[datetime, msgspec.Meta(tz=True)]
    ends_at: Annotated[datetime, msgspec.Meta(tz=True)]


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    shift_id: UUID
    person_id: UUID
    begins_at: datetime
    ends_at: datetime


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's shifts that have not ended, soonest first."""

    unit: str
    shifts: tuple[Shift, ...]


class ShiftKept(msgspec.Struct, frozen=True, kw_only=True):
    """The shift's id; the same for a repeat of the same entry."""

    shift_id: UUID
