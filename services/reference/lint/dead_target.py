"""Rules whose lead or cooperators nobody is: the case would go to the command center, or lack a helper."""

from collections.abc import Iterator
from typing import Final, get_args

from services.reference.deciding.compile import CompiledReference, Outcome
from services.reference.lint.finding import Finding
from services.reference.model.duties import OwnerRole

OWNER_ROLES: Final[tuple[str, ...]] = get_args(OwnerRole)
PLACES: Final = frozenset({"subdistrict", "community", "grid"})


def dead_target(reference: CompiledReference) -> Iterator[Finding]:
    """Yield names that are no unit in force, and owner roles that no row fills anywhere."""
    filled = {role for role, _, _ in reference.owners}
    for outcome in reference.outcomes:
        for name in (outcome.lead, *outcome.cooperating):
            reason = _why_dead(name, outcome, reference, filled)
            if reason:
                yield Finding("dead-target", outcome.rule.id, reason)


def _why_dead(name: str, outcome: Outcome, reference: CompiledReference, filled: set[OwnerRole]) -> str | None:
    part = "lead" if name == outcome.lead else "cooperator"
    if name in reference.organisation.units or name in PLACES or name in filled:
        return None
    if name in OWNER_ROLES:
        return f"{part} {name}: the sheet asset_owners names nobody"
    return f"{part} {name!r} is no unit in force"
