"""What a person's units have in hand at an instant."""

from datetime import datetime

import msgspec


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of the units' open parts; a part counts as new on the day it was opened."""

    at: datetime
    units: tuple[str, ...]
    new: int
    open: int
    due_today: int
    overdue: int
