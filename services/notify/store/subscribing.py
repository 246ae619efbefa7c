"""Managing subscriptions, for `whistle` and later the desk: the only way an address gets in."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, get_args
from uuid import UUID, uuid4

import msgspec

from services.chassis.postgres import Pool
from services.chassis.sealing import Keys
from services.contracts.events.notice import NoticeKind
from services.contracts.events.progress import Step, What
from services.notify.domain.signing import new_secret
from services.notify.domain.subscription import ANY_ROLE, EVERYTHING
from services.notify.domain.targets import (
    Channel,
    DingTalkRobot,
    Mailbox,
    Phone,
    Target,
    Webhook,
    WeComRobot,
    shown,
    tail,
    target_of,
)
from services.notify.store.subscriptions import SECRET, TARGET

Check = Callable[[str], Awaitable[str]]

SUBSCRIBE: Final = "select notify.subscribe($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
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
    """The only time a webhook's secret is shown; other channels have none of ours."""

    subscription_id: UUID
    secret: str | None


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
        self,
        *,
        unit: str,
        to: str,
        channel: Channel = "webhook",
        role: str = ANY_ROLE,
        events: Sequence[str] = (EVERYTHING,),
        secret: str | None = None,
    ) -> NewSubscription:
        """Add a subscription; a webhook's secret is made here unless given.

        Raises:
            RefusedDestinationError: the URL must not be reached.
            UnknownEventError: nothing is called that.
            WrongTargetError: `to` is no address of the channel.
            ValueError: a webhook's secret is not of the form `whsec_…`.
        """
        unknown = sorted(set(events) - EVENTS)
        if unknown or not events:
            raise UnknownEventError(
                f"nothing is called {', '.join(unknown) or 'nothing'}; known: {', '.join(sorted(EVENTS))}"
            )
        if channel == "webhook" and secret is None:
            secret = new_secret(os.urandom)
        target = target_of(channel, to, secret)
        subscription_id = uuid4()
        destination = await self._destination(target, subscription_id)
        await self._keep(subscription_id, target, (unit, role, list(events), channel, shown(target), destination))
        return NewSubscription(subscription_id, secret if channel == "webhook" else None)

    async def _destination(self, target: Target, subscription_id: UUID) -> str:
        """Return what limits on deliveries count; it must not give away a key or a number."""
        match target:
            case Webhook(url=url):
                return await self.check(url)
            case WeComRobot(url=url) | DingTalkRobot(url=url):
                return f"{await self.check(url)}/{sha256(url.encode()).hexdigest()[:16]}"
            case Phone():
                return f"sms/{subscription_id}"
            case Mailbox():
                return "mail"

    async def _keep(self, subscription_id: UUID, target: Target, row: tuple[Any, ...]) -> None:
        envelope = self.keys.seal_for(subscription_id.bytes)
        if isinstance(target, Webhook):
            sealed = envelope.seal(SECRET, target.secrets[0].encode())
        else:
            sealed = envelope.seal(TARGET, msgspec.json.encode(target))
        await self.pool.execute(
            SUBSCRIBE, subscription_id, *row, envelope.key_id, envelope.wrapped_key, sealed, tail(target)
        )

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
