"""Subscriptions in PostgreSQL: a copy at most a second old, and their targets, opened."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from services.chassis.postgres import Pool
from services.chassis.sealing import Keys
from services.notify.domain.matching import Subscriptions
from services.notify.domain.subscription import Subscription
from services.notify.domain.targets import Target, Webhook

AGE_SECONDS_MAX: Final = 1.0
SUBSCRIPTIONS_MAX: Final = 10_000
SECRET: Final = b"webhook"
"""Names the sealed part inside a webhook's envelope: the secret that signs."""
TARGET: Final = b"target"
"""Names it inside any other's: the whole target, as JSON."""

_TARGETS: Final[msgspec.json.Decoder[Target]] = msgspec.json.Decoder(Target)
ACTIVE: Final = """
    select subscription_id, unit, role, events, destination, channel from notify.subscriptions
    where state = 'active' order by added_at limit $1
"""
OF_RECIPIENT: Final = """
    select subscription_id, channel, url, key_id, wrapped_key, secret, secret_before from notify.subscriptions
    where subscription_id::text = $1 and state = 'active'
"""


class TooManySubscriptionsError(RuntimeError):
    """More than one process is meant to hold."""


class PostgresSubscriptions:
    """Reads `notify.subscriptions` again when the copy is a second old."""

    def __init__(self, pool: Pool, keys: Keys, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._keys = keys
        self._clock = clock
        self._copy = Subscriptions()
        self._read_at = float("-inf")

    async def current(self) -> Subscriptions:
        at = self._clock()
        if at - self._read_at > AGE_SECONDS_MAX:
            rows = await self._pool.fetch(ACTIVE, SUBSCRIPTIONS_MAX + 1)
            if len(rows) > SUBSCRIPTIONS_MAX:
                raise TooManySubscriptionsError(f"more than {SUBSCRIPTIONS_MAX} active subscriptions")
            self._copy, self._read_at = Subscriptions([_subscription(row) for row in rows]), at
        return self._copy

    async def target(self, recipient: str) -> Target | None:
        row = await self._pool.fetchrow(OF_RECIPIENT, recipient)
        if row is None:
            return None
        envelope = self._keys.open_for(row["subscription_id"].bytes, row["key_id"], row["wrapped_key"])
        if row["channel"] != "webhook":
            return _TARGETS.decode(envelope.open(TARGET, row["secret"]))
        sealed = [secret for secret in (row["secret"], row["secret_before"]) if secret is not None]
        return Webhook(row["url"], tuple(envelope.open(SECRET, one).decode() for one in sealed))


def _subscription(row: Any) -> Subscription:
    return Subscription(
        subscription_id=row["subscription_id"],
        unit=row["unit"],
        role=row["role"],
        events=frozenset(row["events"]),
        destination=row["destination"],
        channel=row["channel"],
    )
