"""Rules that no report can match: their own conditions exclude each other."""

from collections.abc import Iterator

from services.reference.deciding.compile import CompiledReference
from services.reference.lint.finding import Finding
from services.reference.model.rules import Rule


def never_firing(reference: CompiledReference) -> Iterator[Finding]:
    """Yield rules whose areas have all ended, or whose items are never of the kind they ask for."""
    for rule in reference.table.rules:
        reason = _why_never(rule, reference)
        if reason:
            yield Finding("never-firing", rule.id, reason)


def _why_never(rule: Rule, reference: CompiledReference) -> str | None:
    if rule.areas and not any(area in reference.organisation.units for area in rule.areas):
        return f"none of its areas exists: {', '.join(rule.areas)}"
    kinds = {reference.items[code].kind for code in rule.items if code in reference.items}
    if rule.items and not kinds:
        return f"none of its items exists: {', '.join(rule.items)}"
    if rule.kind is not None and kinds and rule.kind not in kinds:
        return f"none of its items is a {rule.kind}"
    return None
