"""The duplicate policy must hang together: thresholds that rise, distances and windows somebody can oversee."""

from collections.abc import Iterator
from typing import Final

from services.reference.model.duplicates import DuplicatePolicy

DISTANCE_M_MAX: Final = 2_000
WINDOW_HOURS_MAX: Final = 24 * 30
PROPOSALS_MAX: Final = 10


def duplicate_faults(policy: DuplicatePolicy | None) -> Iterator[tuple[str, str]]:
    """Yield what cannot be meant."""
    if policy is None:
        return
    if not 0 < policy.same_spot_from <= policy.propose_from <= policy.merge_from <= 1:
        yield "duplicates", "0 < same_spot_from <= propose_from <= merge_from <= 1"
    if not 0 < policy.merge_within_m <= policy.propose_within_m <= DISTANCE_M_MAX:
        yield "duplicates", f"0 < merge_within_m <= propose_within_m <= {DISTANCE_M_MAX}"
    if not 0 < policy.window_hours <= WINDOW_HOURS_MAX:
        yield "duplicates.window_hours", f"from 1 to {WINDOW_HOURS_MAX}"
    if not 0 < policy.proposals_max <= PROPOSALS_MAX:
        yield "duplicates.proposals_max", f"from 1 to {PROPOSALS_MAX}"
