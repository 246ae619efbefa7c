"""Rules that name the grassroots as lead where nobody has taken the duty over: the department leads instead (X-05)."""

from collections.abc import Iterator

from services.reference.deciding.compile import CompiledReference
from services.reference.lint.finding import Finding
from services.reference.model.organisation import GRASSROOTS


def grassroots_without_duty(reference: CompiledReference) -> Iterator[Finding]:
    """Yield each such rule with the units that the item is not on the duty list of."""
    units, taken = reference.organisation.units, reference.mandates.pairs
    for outcome in reference.outcomes:
        kind = units[outcome.lead].kind if outcome.lead in units else outcome.lead
        if kind not in GRASSROOTS:
            continue
        code = outcome.item.code if outcome.item else ""
        targets = [outcome.lead] if outcome.lead in units else [unit.id for unit in units.values() if unit.kind == kind]
        missing = sorted(unit for unit in targets if (unit, code) not in taken)
        if missing:
            shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
            yield Finding(
                "grassroots-without-duty", outcome.rule.id, f"not on the duty list of {len(missing)}: {shown}"
            )
