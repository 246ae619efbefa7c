"""The units of a district: who exists, who is whose parent, who supervises whom, and which ground a grid covers."""

from datetime import date
from typing import Final, Literal

import msgspec

from services.contracts.events.report import Lane

UnitKind = Literal[
    "district", "subdistrict", "community", "grid", "department", "branch_office", "company", "center"
]  # fmt: skip
COMMAND_CENTER: Final = "district_command_center"
"""Leads whatever no rule covers; kind `center`; every organisation has it."""
LEADING_GROUP_OFFICE: Final = "party_building_office"
"""Its head decides which tasks go down to the grassroots (S0-08); needed where anything is delegated."""
PATH_MIN: Final = 3
PATH_MAX: Final = 7
"""Units on the way from a grid up to the district, both included (design §7)."""
GRASSROOTS: Final = frozenset({"subdistrict", "community", "grid"})
"""Kinds that may not lead a department's duty unless it is on their duty list (X-05)."""

Ring = tuple[tuple[float, float], ...]
"""Longitude and latitude pairs, WGS-84; the first equals the last."""


class Polygon(msgspec.Struct, frozen=True):
    """One polygon: the outer ring, then its holes (RFC 7946)."""

    rings: tuple[Ring, ...]


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit. The id is permanent; code, name, parent and polygon may change with a later version."""

    id: str
    name_zh: str
    kind: UnitKind
    parent: str | None = None
    """None for the district only. A branch office's parent is its department, a grid's is a grid or a community."""
    supervisor: str | None = None
    """Who takes a complaint about this unit; the parent when not named."""
    serves: str | None = None
    """The subdistrict a branch office works in."""
    lanes: tuple[Lane, ...] = ()
    """Sensitive lanes whose reports go to this unit and nobody else."""
    aliases: tuple[str, ...] = ()
    """Other names by which a complaint about it is recognised. Of the grassroots only these count: their names are
    places too."""
    code: str | None = None
    """As the city writes it; its meaning depends on `scheme` and is never parsed (domain §3.3)."""
    scheme: str | None = None
    grid_level: int | None = None
    """1 is the top level, the community's own ground; 3 the smallest (domain §6.1)."""
    valid_from: date | None = None
    valid_to: date | None = None
    """The first day on which the unit no longer exists."""
    polygons: tuple[Polygon, ...] = ()
    """The ground of a grid."""
