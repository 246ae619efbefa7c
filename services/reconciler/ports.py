"""What the rounds need: hops to compare, and rows that name a cause."""

from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from services.reconciler.domain.gate import Leg

Room = Literal["intake", "ledger"]


class Key(NamedTuple):
    """Names a cause: report, follow-up or notice and 0, or case and version."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What should exist, what does, and how to send again. The SQL speaks of `k`, a row with `id` and `version`."""

    name: str
    path: tuple[Leg, ...]
    room: Room
    """Whose pending table the cause is sent from."""
    causes: str
    """A query giving id, version, at (by the city's clock) and written (the transaction that wrote it)."""
    ids: str | None
    """A query giving every id, for the slow sweep; None where `causes` is short enough to be read whole each time."""
    effect: str
    """A condition on `k`: the cause has had its effect."""
    pending: str
    """A condition on `k`: the cause waits to be sent."""
    resend: str
    """Sends again: `$1::uuid[]`, `$2::integer[]`; gives how many."""
