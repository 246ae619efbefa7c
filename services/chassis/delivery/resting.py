"""How long to rest after a batch that was not full: what comes meanwhile is taken together."""

from typing import Final

REST_SECONDS_MAX: Final = 0.1


def rest_after(took: float, at_least: float) -> float:
    """Return for how many seconds to rest after a batch that took so many: as long again, within limits.

    Each batch costs a fetch, a transaction and an answer whatever is in it. A machine that is busy makes batches slow;
    fewer and larger ones make it less busy.
    """
    return max(at_least, min(took, REST_SECONDS_MAX))
