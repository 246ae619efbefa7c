"""Duties the grassroots took over, and who owns what where."""

from datetime import date
from typing import Literal

import msgspec

PlaceRole = Literal[
    "subdistrict", "community", "grid", "asset_owner", "property_company", "bike_operator", "partner_units"
]  # fmt: skip
"""Names a rule may use for whoever it is at the place of the report."""
OwnerRole = Literal["asset_owner", "property_company", "bike_operator", "partner_units"]
"""The roles that the sheet `asset_owners` fills; the others follow from the organisation."""


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """A department's duty that this subdistrict or community has taken over, with the admission that allowed it."""

    unit: str
    item: str
    admission: str
    approved_on: date | None


class AssetOwner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is `role` for `item` within `area`; the smallest area and a named item win."""

    role: OwnerRole
    area: str
    unit: str
    item: str | None = None
