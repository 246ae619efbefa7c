"""When two reports are about one thing, as policy data (S4-03): what is compared, and how alike is alike enough."""

import msgspec


class DuplicatePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Likeness is a share from 0 to 1; distances are metres. The defaults merge little and propose more."""

    domains: frozenset[str] = frozenset()
    """Domain codes of the catalogue whose items lie at a place; what concerns one person is never compared."""
    automatic: bool = False
    """Whether the system merges by itself what is alike enough; without it everything is proposed to a person."""
    window_hours: int = 72
    """So much earlier the other report may be."""
    merge_from: float = 0.7
    """Texts this alike are merged by the system, if the place is the same."""
    merge_within_m: float = 50.0
    propose_from: float = 0.45
    """Texts this alike are proposed to a person."""
    propose_within_m: float = 200.0
    same_spot_from: float = 0.35
    """Within `merge_within_m`, or at the same address, less will do for a proposal."""
    proposals_max: int = 3
    """Proposals for one case at most, the most alike first."""
