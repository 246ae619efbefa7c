"""Rules that never win: a better one matches every report that they match."""

from collections.abc import Iterator

from services.reference.deciding.compile import CompiledReference
from services.reference.lint.finding import Finding, accepts_all_of


def shadowed(reference: CompiledReference) -> Iterator[Finding]:
    """Yield each rule that stands behind one which accepts everything it accepts."""
    rules = reference.table.rules
    for position, rule in enumerate(rules):
        for better in rules[:position]:
            if accepts_all_of(better, rule, reference.organisation):
                yield Finding("shadowed", rule.id, f"{better.id} wins whenever it matches", better.id)
                break
