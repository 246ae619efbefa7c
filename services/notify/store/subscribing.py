"""Managing subscriptions, for `whistle` and later the desk: the only way a webhook gets in."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args
from uuid import UUID, uuid4

import msgspec

from services.chassis.postgres import Pool
from services.chassis.sealing import Keys
from services.contracts.events.notice import NoticeKind
from services.contracts.events.progress import Step, What
from services.notify.domain.signing import key_of, new_secret
from services.notify.domain.subscription import EVERYTHING
from services.notify.store.subscriptions import SECRET

Check = Callable[[str], Awaitable[str]]

SUBSCRIBE: Final = "select notify.subscribe($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
EVENTS: Final = frozenset(
    {
        EVERYTHING,
        "proposal",
        *(str(fact.__struct_config__.tag) for fact in get_args(What)),
        *get_args(Step),
        *get_args(NoticeKind),
    }
)
"""What can be subscribed to."""


class UnknownEventError(ValueError):
    """Names what cannot be subscribed to."""


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """The only time the secret is shown."""

    subscription_id: UUID
    secret: str


class ListedSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `notify.list()`: the secret's last four characters, and how much waits or is dead."""

    subscription_id: UUID
    unit: str
    role: str
    events: list[str]
    channel: str
    url: str
    secret_tail: str
    state: str
    added_at: datetime
    ended_at: datetime | None
    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class Subscribing:
    """Adds, lists and ends subscriptions; `keys` seals their secrets."""

    pool: Pool
    keys: Keys
    check: Check
    """Says where a URL leads, or refuses it: `Egress.check`."""

    async def subscribe(
        self, *, unit: str, url: str, role: str = "*", events: Sequence[str] = (EVERYTHING,), secret: str | None = None
    ) -> NewSubscription:
        """Add a webhook and return its secret, made here unless given.

        Raises:
            RefusedDestinationError: the URL must not be reached.
            UnknownEventError: nothing is called that.
            ValueError: a given secret is not of the form `whsec_…`.
        """
        unknown = sorted(set(events) - EVENTS)
        if unknown or not events:
            raise UnknownEventError(
                f"nothing is called {', '.join(unknown) or 'nothing'}; known: {', '.join(sorted(EVENTS))}"
            )
        destination = await self.check(url)
        secret = secret if secret is not None else new_secret(os.urandom)
        key_of(secret)
        subscription_id = uuid4()
        envelope = self.keys.seal_for(subscription_id.bytes)
        sealed = envelope.seal(SECRET, secret.encode())
        await self.pool.execute(
            SUBSCRIBE,
            subscription_id,
            unit,
            role,
            list(events),
            url,
            destination,
            envelope.key_id,
            envelope.wrapped_key,
            sealed,
            secret[-4:],
        )
        return NewSubscription(subscription_id, secret)

    async def list(self) -> Sequence[ListedSubscription]:
        """Return all subscriptions, ended ones too."""
        rows: Any = await self.pool.fetch("select * from notify.list()")
        return [ListedSubscription(**row) for row in rows]

    async def disable(self, subscription_id: UUID) -> bool:
        """End a subscription; its waiting messages are dead. False when it was not active."""
        return bool(await self.pool.fetchval("select notify.disable($1)", subscription_id))

    async def replace_secret(self, subscription_id: UUID) -> str | None:
        """Return a new secret; the old one signs beside it until the next replacement. None when not active."""
        row = await self.pool.fetchrow("select * from notify.envelope_of($1)", subscription_id)
        if row is None:
            return None
        secret = new_secret(os.urandom)
        envelope = self.keys.open_for(subscription_id.bytes, row["key_id"], row["wrapped_key"])
        sealed = envelope.seal(SECRET, secret.encode())
        done = await self.pool.fetchval(
            "select notify.replace_secret($1, $2, $3)", subscription_id, sealed, secret[-4:]
        )
        return secret if done else None
