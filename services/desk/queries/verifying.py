"""What waits for another person's look: what was handled, and what was solved on the spot.

They are as many as the street has such cases; whoever did the work does not see it here (X-08).
"""

from typing import Final

from services.ledger.domain.acts import Asker
from services.ledger.domain.life.who import VERIFYING_ROLES
from services.ledger.domain.state import CENTER

VERIFICATION: Final = ("k", "'verifying'::text")
"""The row that carries the due date, and the part that orders equals."""
COMMUNITY_ROLE: Final = "community_officer"
"""Looks at what was solved on the spot in the community (S4-07)."""
# Whoever led does not verify: then the command center does (X-08 asks for two persons; two houses are better still).
_VERIFIER: Final = f"case when c.subdistrict is null or c.subdistrict = c.lead then '{CENTER}' else c.subdistrict end"
_VERIFICATIONS: Final = """
    select {{case}}, k.due_at, {verifier} as unit, {verifier} as handling_unit, 'verifying' as role,
        'verify' as expected, 'verifying' as part
    from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'verification' and k.unit = ''
        and k.stopped_at is null
    where {state} and c.closed_at is null and c.handler is distinct from {{person}} and {{mine}} and {{where}}
"""
HANDLED: Final = _VERIFICATIONS.format(verifier=_VERIFIER, state="c.handled_at is not null and c.state = 'handled'")
# The grid's own street looks, whoever leads: nobody's house did the work but the grid's.
_ON_THE_SPOT_VERIFIER: Final = f"coalesce(c.subdistrict, '{CENTER}')"
ON_THE_SPOT: Final = _VERIFICATIONS.format(verifier=_ON_THE_SPOT_VERIFIER, state="c.state = 'resolved_on_spot'")


def verifications_of(asker: Asker, units: str) -> list[tuple[str, str]]:
    """Return the sources this person verifies from, each with the condition that a case is theirs to look at."""
    verifies = not VERIFYING_ROLES.isdisjoint(asker.roles)
    found = [(HANDLED, _handled_by(asker, units))] if verifies else []
    if verifies or COMMUNITY_ROLE in asker.roles:
        found.append((ON_THE_SPOT, _looked_at_by(asker, units, verifies=verifies)))
    return found


def _handled_by(asker: Asker, units: str) -> str:
    """Whose verification it is; the plain street's officer reads along the index of their own subdistrict."""
    if CENTER not in asker.units and asker.lanes == ("ordinary",):
        return f"c.subdistrict = any ({units}) and c.subdistrict <> c.lead"
    return f"(c.lane <> 'ordinary' or {_VERIFIER} = any ({units}))"


def _looked_at_by(asker: Asker, units: str, *, verifies: bool) -> str:
    houses = [f"{_ON_THE_SPOT_VERIFIER} = any ({units})"] if verifies else []
    if COMMUNITY_ROLE in asker.roles:
        houses.append(f"c.decision #>> '{{report,place,community}}' = any ({units})")
    return f"({' or '.join(houses)})"
