"""Duties on a list whose holder never has the power that the item needs: the department leads all the same (S2-02)."""

from collections.abc import Iterator

from services.reference.deciding.compile import CompiledReference
from services.reference.lint.finding import Finding


def without_power(reference: CompiledReference) -> Iterator[Finding]:
    """Yield each item with the units that took it over without the power for it."""
    units, mandates = reference.organisation.units, reference.mandates
    powerless: dict[str, list[str]] = {}
    for unit, item in sorted(mandates.pairs):
        if unit in units and not mandates.ever_holds(unit, item):
            powerless.setdefault(item, []).append(unit)
    for item, holders in powerless.items():
        shown = ", ".join(holders[:3]) + (" …" if len(holders) > 3 else "")
        yield Finding("without-power", f"item:{item}", f"no power ever held by {len(holders)}: {shown}")
