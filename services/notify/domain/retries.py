"""When a delivery that failed is tried again, and when it is given up."""

from datetime import timedelta
from typing import Final

PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""After the first, second, … failure; after one more the message is dead."""
POSTPONED_MAX: Final = 100
"""So often a provider may ask to wait without using up an attempt; then waiting counts as failing."""
JITTER: Final = 0.2
"""Up to this share is added, so that receivers which were down do not get everything at once."""


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """Return the pause after the `attempts`-th failure, or None when it was the last; `chance` is in [0, 1)."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance)
