"""Emergency modes as the command center sees them: what is published, what is on, what was switched."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class SwitchAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switch a profile on or off, for the district or one subdistrict; the reason is told to every unit."""

    on: bool
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=2000)]
    area: Id | None = None
    """None: the whole district."""


class ModeSwitched(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `changed` is false where the mode was as asked already."""

    profile: str
    area: str
    on: bool
    changed: bool
    version: int | None = None
    active_from: datetime | None = None
    told: int = 0
    """How many units the notice goes to."""


class ProfileShown(msgspec.Struct, frozen=True, kw_only=True):
    """One published profile and the areas it is on for now."""

    id: str
    name_zh: str
    items: tuple[str, ...]
    """Codes of the items that get other limits."""
    on_for: tuple[str, ...]


class SwitchShown(msgspec.Struct, frozen=True, kw_only=True):
    """One switch, as logged."""

    version: int
    active_from: datetime
    profile: str
    area: str
    on: bool
    person: UUID
    reason: str


class ModesShown(msgspec.Struct, frozen=True, kw_only=True):
    """The published profiles, and the last switches, the newest first."""

    profiles: tuple[ProfileShown, ...]
    switches: tuple[SwitchShown, ...]
