"""Who guesses tokens waits: refused ones are counted by address, and by address and the token's beginning."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.metrics import NAMESPACE
from services.chassis.web.addresses import Network, asking_address
from services.chassis.web.buckets import Buckets
from services.chassis.web.headers import header
from services.chassis.web.problems import Problem, send_problem

PREFIX_BYTES: Final = 24
"""`Bearer wst_` and what names the token: enough to tell a forgotten client from somebody who tries many."""
UNAUTHORIZED: Final = 401


def guesses_counted(registry: CollectorRegistry, service: str) -> Counter:
    """Return the counter of requests turned away because their address guessed too often; alarm when it moves."""
    return Counter(f"{NAMESPACE}_{service}_guesses_refused_total", "Requests refused for guessing.", registry=registry)


@dataclass(slots=True, kw_only=True)
class GuessLimit:
    """Wraps an app: after ten refused tries a minute with one token, or a hundred from one address, 429."""

    app: ASGIApp
    refused: Counter
    proxies: tuple[Network, ...] = ()
    of_token: Buckets = field(default_factory=lambda: Buckets(per_minute=10, burst=10))
    of_address: Buckets = field(default_factory=lambda: Buckets(per_minute=100, burst=100))
    seconds: Callable[[], float] = time.monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = header(scope["headers"], b"authorization") if scope["type"] == "http" else None
        if shown is None:
            await self.app(scope, receive, send)
            return
        address = asking_address(scope, self.proxies)
        token = f"{address}/{hashlib.sha256(shown[:PREFIX_BYTES]).hexdigest()}"
        now = self.seconds()
        wait = max(self.of_token.wait(token, now), self.of_address.wait(address, now))
        if wait:
            self.refused.inc()
            await send_problem(send, _too_many(wait))
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == UNAUTHORIZED:
                self.of_token.take(token, now)
                self.of_address.take(address, now)
            await send(message)

        await self.app(scope, receive, counted)


def _too_many(wait_seconds: int) -> Problem:
    return Problem("too-many-tries", "Too many tries", 429, headers={"Retry-After": str(wait_seconds)})
