"""Tickets: an EventSource cannot send a token in a header, and a token in a URL would end up in logs."""

import secrets
import time
from collections.abc import Callable
from typing import Final

TICKET_SECONDS: Final = 30
TICKETS_MAX: Final = 10_000


class Tickets:
    """Hands out tickets that open one stream once, within 30 s, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[bytes, float]] = {}

    def issue(self, token_hash: bytes) -> str:
        """Return a new ticket for the holder of a token; the oldest give way when too many are open."""
        now = self._clock()
        while self._issued:
            oldest = next(iter(self._issued))
            if self._issued[oldest][1] > now and len(self._issued) < TICKETS_MAX:
                break
            del self._issued[oldest]
        ticket = secrets.token_urlsafe(24)
        self._issued[ticket] = (token_hash, now + TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str) -> bytes | None:
        """Return the token's hash, once; None for a ticket that is used, late or unknown."""
        token_hash, ends = self._issued.pop(ticket, (None, 0.0))
        return token_hash if ends > self._clock() else None
