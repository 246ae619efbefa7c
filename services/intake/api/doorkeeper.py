"""Who is at the door, and how often: the address behind trusted proxies, the person behind a token, the buckets."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Counter
from starlette.types import Scope

from services.chassis.web.addresses import Network, asking_address
from services.chassis.web.buckets import Buckets
from services.chassis.web.headers import header
from services.identity.actors import StaffActor
from services.identity.tokens import MalformedTokenError, token_hash_in
from services.intake.api.problems import NoTokenError, TooFastError

TAILS_PER_MINUTE: Final = 6

WhoIsAsking = Callable[[bytes], Awaitable[StaffActor | None]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: always an address, a person only by token."""

    address: str
    actor: StaffActor | None

    @property
    def scope(self) -> str:
        """What an idempotency key is unique within."""
        return f"person/{self.actor.person_id}" if self.actor else f"address/{self.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Lets callers in, each at a bearable pace. Everything is judged by this process alone and forgotten with it."""

    who_is_asking: WhoIsAsking
    proxies: tuple[Network, ...]
    reports: Buckets
    staff: Buckets
    lookups: Buckets
    tails: Buckets = field(default_factory=lambda: Buckets(TAILS_PER_MINUTE, TAILS_PER_MINUTE))
    """By number and phone tail, of which there are only ten thousand: far fewer than by code."""
    misses: Buckets
    guesses: Counter
    """Requests turned away because their address was wrong too often."""
    pictures: Buckets
    seconds: Callable[[], float] = time.monotonic

    async def caller(self, scope: Scope) -> Caller:
        """Return who asks.

        Raises:
            NoTokenError: a token is shown and it is not good.
            TooFastError: this address has shown too many of those.
        """
        address = self.address_of(scope)
        shown = header(scope["headers"], b"authorization")
        if shown is None:
            return Caller(address, None)
        self.not_guessing(address)
        try:
            token_hash = token_hash_in(shown.decode("latin-1"))
        except MalformedTokenError:
            token_hash = None
        actor = await self.who_is_asking(token_hash) if token_hash is not None else None
        if actor is None:
            self.missed(address)
            raise NoTokenError
        return Caller(address, actor)

    def address_of(self, scope: Scope) -> str:
        """Return the address that asks: the peer, or what trusted proxies say is behind them."""
        return asking_address(scope, self.proxies)

    def pace(self, buckets: Buckets, address: str) -> None:
        """Take one token of the address. Raises TooFastError when there is none."""
        wait = buckets.take(address, self.seconds())
        if wait:
            raise TooFastError(wait)

    def not_guessing(self, address: str) -> None:
        """Raise TooFastError for an address that was wrong too often of late."""
        wait = self.misses.wait(address, self.seconds())
        if wait:
            self.guesses.inc()
            raise TooFastError(wait)

    def missed(self, address: str) -> None:
        """Note a wrong code or token."""
        self.misses.take(address, self.seconds())
