"""What a department asks and nobody has decided yet: on the row of the case, so that it is locked with it."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.contracts.events.life import ExclusionReason, RequestKind


class Request(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One request; a case has at most one at a time."""

    kind: RequestKind
    unit: str
    person: UUID
    """Who asked: never who decides."""
    at: datetime
    reason: str
    state_before: str
    """Where the case goes back to when it is refused."""
    suggested: str | None = None
    """Of a return: the unit that the lead names."""
    by: str | None = None
    """Of an extension: how much longer."""
    until: datetime | None = None
    condition: str = ""
    approved_by: list[UUID] = []
    """First approvals, where two are needed."""


class Exclusion(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Whether a closed case is left out of the rates: asked by a department, decided by two persons, once."""

    because: ExclusionReason
    reason: str
    unit: str
    person: UUID
    at: datetime
    approved_by: list[UUID] = []
    decided_at: datetime | None = None
