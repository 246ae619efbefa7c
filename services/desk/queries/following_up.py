"""Closed cases whose reporter has not said yet how it was: somebody calls, until the limit (X-14)."""

from typing import Final

from services.ledger.domain.acts import Asker
from services.ledger.domain.life.who import VERIFYING_ROLES
from services.ledger.domain.state import CENTER

FOLLOW_UP: Final = ("k", "'following_up'::text")
"""The row that carries the due date, and the part that orders equals."""
FOLLOW_UPS: Final = f"""
    select {{case}}, k.due_at, '{CENTER}' as unit, '{CENTER}' as handling_unit, 'following_up' as role,
        'follow_up' as expected, 'following_up' as part
    from ledger.clocks k join ledger.cases c using (case_id)
    where k.kind = 'follow_up' and k.stopped_at is null and c.state = 'closed' and {{mine}} and {{where}}
"""


def follow_ups_of(asker: Asker, units: str) -> str | None:
    """Return which follow-ups are this person's: the center's, or those of their lanes; None for nobody's."""
    if VERIFYING_ROLES.isdisjoint(asker.roles):
        return None
    ordinary = " or c.lane = 'ordinary'" if CENTER in asker.units else ""
    return f"(c.lane <> 'ordinary' and cardinality({units}) > 0{ordinary})"  # lanes: row-level security
