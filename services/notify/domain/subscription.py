"""A subscription: which unit, in which role, wants to hear of what."""

from typing import Final
from uuid import UUID

import msgspec

from services.notify.domain.targets import Channel

EVERYTHING: Final = "*"
ANY_ROLE: Final = "*"


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One active row of `notify.subscriptions`, without its secret."""

    subscription_id: UUID
    unit: str
    role: str
    """A role of the glossary, or `*` for whoever of the unit is told."""
    events: frozenset[str]
    """What it hears of: tags of facts (`opened`), steps (`no_show`), kinds of notices, or `*`."""
    destination: str
    """A webhook's host and port, a robot, the mail server: what limits on deliveries count."""
    channel: Channel = "webhook"

    def hears(self, named: frozenset[str]) -> bool:
        """Whether one of a fact's names was subscribed to."""
        return EVERYTHING in self.events or not self.events.isdisjoint(named)
