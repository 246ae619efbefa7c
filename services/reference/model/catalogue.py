"""The dispatch catalogue: what can be reported, who leads, who cooperates, and within which limit."""

from typing import Final, Literal

import msgspec

from services.contracts.events.dispatch import StagedLimit, Tier, Urgency

ItemKind = Literal["component", "incident"]
"""A fixed thing of the city, which has an owner, or something that happens, which has a territory (domain §3.2)."""
LimitSource = Literal["Y", "L", "H", "I"]
"""Y a municipal standard, L law, H the hotline's ladder, I our own."""
STAGES_MAX: Final = 5


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of report. `lead` and `cooperating` are unit ids or roles that the place fills."""

    code: str
    domain_code: str
    domain_zh: str
    domain_en: str
    name_zh: str
    name_en: str
    kind: ItemKind
    lead: str
    cooperating: tuple[str, ...] = ()
    duty_of: str | None = None
    """The department whose duty it is by law; None when the lead is that department."""
    tier: Tier
    urgency: Urgency
    limit: str
    """The handling limit; with stages the longest of them."""
    stages: tuple[StagedLimit, ...] = ()
    source: LimitSource
    note: str | None = None
