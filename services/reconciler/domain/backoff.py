"""How long to wait before the same row is sent again."""

from datetime import timedelta
from typing import Final

PAUSE_MAX: Final = timedelta(hours=1)


def pause_after(resends: int, leeway: timedelta) -> timedelta:
    """Return the pause after the `resends`-th time: twice the leeway, doubling, up to an hour."""
    return min(leeway * (1 << min(resends, 12)), PAUSE_MAX)
