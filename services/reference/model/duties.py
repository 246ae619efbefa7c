"""Duties the grassroots took over, and who owns what where."""

from datetime import date
from typing import Final, Literal

import msgspec

PlaceRole = Literal[
    "subdistrict", "community", "grid", "asset_owner", "property_company", "bike_operator", "partner_units"
]  # fmt: skip
"""Names a rule may use for whoever it is at the place of the report."""
OwnerRole = Literal["asset_owner", "property_company", "bike_operator", "partner_units"]
"""The roles that the sheet `asset_owners` fills; the others follow from the organisation."""


AdmissionState = Literal["requested", "approved", "refused", "withdrawn"]
HOLDS: Final[frozenset[AdmissionState]] = frozenset({"approved", "withdrawn"})
"""A withdrawn admission holds until the day it ends."""


class Duty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A department's duty that this subdistrict or community has taken over, with the admission that allowed it."""

    unit: str
    item: str
    admission: str
    approved_on: date | None
    valid_from: date | None = None
    valid_to: date | None = None
    """The first day on which it is the department's again."""


class Admission(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the leading group's office decided on a task for the grassroots (准入): no work goes there without it.

    Funds follow the task, staff follow the work, powers match the duty (S0-09): approved only with all three.
    """

    id: str
    title: str
    requested_by: str
    """The department whose work it is."""
    items: tuple[str, ...]
    units: tuple[str, ...]
    """Who takes the task over; a unit stands for everything below it."""
    funds: bool
    staff: bool
    powers: bool
    state: AdmissionState
    decided_on: date | None = None
    valid_to: date | None = None
    """The first day on which it no longer holds: it ran out, or was withdrawn."""
    reason: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the three conditions are not met."""
        return tuple(name for name in ("funds", "staff", "powers") if not getattr(self, name))


class Power(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The power to enforce `item`, held by a unit or by a whole tier, from one day to before another (S2-02).

    An item that no power names needs none. One that is named may be led by the grassroots on these days only.
    """

    item: str
    holder: str
    """A unit id, or `subdistrict` or `community`: every unit of that kind."""
    valid_from: date | None = None
    valid_to: date | None = None
    """The first day on which the power is the district's."""
    basis: str
    """The list or decision that gave it."""


class AssetOwner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is `role` for `item` within `area`; the smallest area and a named item win."""

    role: OwnerRole
    area: str
    unit: str
    item: str | None = None
