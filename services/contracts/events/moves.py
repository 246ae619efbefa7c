"""What a version that came into force moved, and limits on the way that were met."""

from datetime import datetime
from typing import Literal

import msgspec


class UnitMoved(msgspec.Struct, frozen=True):
    """What a unit that no longer exists had, and who has it now."""

    ended: str
    unit: str


class Moved(msgspec.Struct, frozen=True, tag="moved", omit_defaults=True):
    """A reference version came into force: deadlines not yet met were computed again, ended units were replaced.

    The new deadlines stand in the clocks. Rules, limits and policies stay those of the case's decision.
    """

    version: int
    active_from: datetime
    because: tuple[Literal["calendar", "mode", "units"], ...]
    modes: tuple[str, ...] = ()
    """Profiles that hold for the case now."""
    units: tuple[UnitMoved, ...] = ()


class StageReached(msgspec.Struct, frozen=True, tag="stage_reached", omit_defaults=True):
    """The lead met one of several limits of one item, such as 制止 before 拆除 (X-20)."""

    unit: str
    stage: str
    measure: str
    on_time: bool
