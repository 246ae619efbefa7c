"""Who looks, and what they may see: the same rule for the snapshot and for every delta."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import msgspec

CENTER: Final = "district_command_center"
"""Its people see the whole district."""


class Scope(msgspec.Struct, frozen=True):
    """What one group of viewers sees. Sensitive lanes are nobody's here: the board tells their number at most."""

    units: frozenset[str]

    @property
    def whole(self) -> bool:
        return CENTER in self.units

    def sees(self, lane: str, units: Iterable[str], barred_units: Iterable[str]) -> bool:
        """Whether a case may be shown: ordinary, of one of my units, none of which it accuses."""
        return lane == "ordinary" and not self.units.isdisjoint(units) and self.units.isdisjoint(barred_units)


class Viewer(msgspec.Struct, frozen=True):
    """A person at the board; `token_hash` is asked about again while they watch."""

    person_id: UUID
    token_hash: bytes
    scope: Scope
