"""All checks, in the order they are shown."""

from collections.abc import Callable, Iterator
from typing import Final

from services.reference.deciding.compile import CompiledReference
from services.reference.lint.contradicting_limits import contradicting_limits
from services.reference.lint.dead_target import dead_target
from services.reference.lint.finding import Finding
from services.reference.lint.grassroots_without_duty import grassroots_without_duty
from services.reference.lint.never_firing import never_firing
from services.reference.lint.overlapping import overlapping
from services.reference.lint.shadowed import shadowed
from services.reference.lint.without_power import without_power

CHECKS: Final[tuple[Callable[[CompiledReference], Iterator[Finding]], ...]] = (
    dead_target,
    grassroots_without_duty,
    without_power,
    contradicting_limits,
    never_firing,
    shadowed,
    overlapping,
)


def lint(reference: CompiledReference) -> list[Finding]:
    """Return everything that the checks find in a version. It may be published all the same: people decide."""
    return [finding for check in CHECKS for finding in check(reference)]
