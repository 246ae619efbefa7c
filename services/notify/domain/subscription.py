"""A subscription: which unit, in which role, wants to hear of what."""

from typing import Final
from uuid import UUID

import msgspec

EVERYTHING: Final = "*"
ANY_ROLE: Final = "*"


class Webhook(msgspec.Struct, frozen=True):
    """Where a subscription's messages go, and what signs them: two secrets while one is being replaced."""

    url: str
    secrets: tuple[str, ...]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One active row of `notify.subscriptions`, without its secret."""

    subscription_id: UUID
    unit: str
    role: str
    """A role of the glossary, or `*` for whoever of the unit is told."""
    events: frozenset[str]
    """What it hears of: tags of facts (`opened`), steps (`no_show`), kinds of notices, or `*`."""
    destination: str
    """Host and port: what the limit on simultaneous deliveries counts."""

    def hears(self, named: frozenset[str]) -> bool:
        """Whether one of a fact's names was subscribed to."""
        return EVERYTHING in self.events or not self.events.isdisjoint(named)
