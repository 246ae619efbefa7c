"""A reference version: everything the city has decided, under one number (design §7)."""

from datetime import datetime
from typing import Literal

import msgspec

from services.reference.model.calendars import CalendarYear
from services.reference.model.catalogue import Item
from services.reference.model.duties import Admission, AssetOwner, Duty, Power
from services.reference.model.lexicon import RouteAdvice, Sentence, Sound, Word
from services.reference.model.modes import ModeProfile
from services.reference.model.organisation import Unit
from services.reference.model.policies import Policies
from services.reference.model.rules import Rule


class ReferenceVersion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Immutable once published. A mode switch is a further version that shares the rest."""

    number: int = 0
    """0 until published."""
    active_from: datetime | None = None
    """None until published; the version before holds until then."""
    organisation: tuple[Unit, ...]
    catalogue: tuple[Item, ...]
    rules: tuple[Rule, ...]
    duty_lists: tuple[Duty, ...] = ()
    asset_owners: tuple[AssetOwner, ...] = ()
    delegation: Literal["delegated", "not_delegated"] = "delegated"
    """Whether powers were handed to the subdistricts; if not, no duty list, admission or power is part of it."""
    admissions: tuple[Admission, ...] = ()
    powers: tuple[Power, ...] = ()
    lexicon: tuple[Word, ...] = ()
    sounds: tuple[Sound, ...] = ()
    special_routes: tuple[RouteAdvice, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    """What the lexicon must decide as they say."""
    policies: Policies
    calendars: tuple[CalendarYear, ...]
    profiles: tuple[ModeProfile, ...] = ()
    """Emergency profiles that may be switched on; which are on is no part of the content."""
