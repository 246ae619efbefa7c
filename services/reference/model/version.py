"""A reference version: everything the city has decided, under one number (design §7)."""

from datetime import datetime
from typing import Literal

import msgspec

from services.reference.model.calendars import CalendarYear
from services.reference.model.catalogue import Item
from services.reference.model.duties import AssetOwner, Duty
from services.reference.model.organisation import Unit
from services.reference.model.policies import Policies
from services.reference.model.rules import Rule


class ReferenceVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Immutable once published. A mode switch is a further version that shares the rest."""

    number: int = 0
    """0 until published."""
    active_from: datetime | None = None
    """None until published; the version before holds until then."""
    mode: Literal["peacetime", "emergency"] = "peacetime"
    organisation: tuple[Unit, ...]
    catalogue: tuple[Item, ...]
    rules: tuple[Rule, ...]
    duty_lists: tuple[Duty, ...] = ()
    asset_owners: tuple[AssetOwner, ...] = ()
    policies: Policies
    calendars: tuple[CalendarYear, ...]
