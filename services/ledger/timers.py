"""The ledger's own looks: at versions that come into force, and at cases about one thing."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from services.chassis.outages import Outages, retry_transient
from services.ledger.store.comparing import BATCH_MAX, Compared

POLL_SECONDS: Final = 0.1
"""A mode is in force 4 s after it was switched, and every open case is to have moved within 5 s (S1-19)."""
BUSY_FROM: Final = 300.0
"""Cases opened, or facts sent, a second, from which comparing gives way to them."""
GIVEN_WAY_SECONDS_MAX: Final = 5.0
"""It gives way for so long at most: then one batch, so that a duplicate does not wait for the night."""
REST: Final = 4
"""After each look so many times as long is rest: a fifth of a core at most, also while it catches up."""
MERGES_MAX: Final = 50
"""Merges between two looks at what was opened meanwhile."""
MERGES_WHEN_BUSY_MAX: Final = 10


class Mover:
    """Looks for cases to move until stopped. An outage of PostgreSQL is waited out; anything else ends the process."""

    def __init__(self, move: Callable[[], Awaitable[int]], outages: Outages, moved: Callable[[int], None]) -> None:
        self._move, self._outages, self._moved = move, outages, moved
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look ten times a second until `stop`."""
        while not self._stopping.is_set():
            moved = await retry_transient(self._move, self._outages)
            self._moved(moved)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._stopping.wait()


@dataclass(frozen=True, slots=True)
class Looks:
    """What the comparer does: compare one batch, then carry out at most so many merges."""

    compare: Callable[[], Awaitable[Compared]]
    carry_out: Callable[[int], Awaitable[int]]


@dataclass(slots=True)
class GivingWay:
    """Whether comparing may go on beside the route: when that is idle, and now and then in any case."""

    counts: Sequence[Callable[[], float]]
    """How many cases this process has opened so far; how many facts it has sent, whoever stated them."""
    seconds: Callable[[], float] = time.monotonic
    is_busy: bool = field(default=False, init=False)
    _seen: tuple[float, Sequence[float]] = field(init=False)
    _went_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._went_at = self.seconds()
        self._seen = (self._went_at, self._counted())

    def may_go(self) -> bool:
        """Say whether to compare now; asked more often than it changes its mind."""
        since, before = self._seen
        now, counted = self._seen = (self.seconds(), self._counted())
        most = max(after - earlier for after, earlier in zip(counted, before, strict=True))
        self.is_busy = most > BUSY_FROM * (now - since)
        if self.is_busy and now - self._went_at < GIVEN_WAY_SECONDS_MAX:
            return False
        self._went_at = now
        return True

    def _counted(self) -> Sequence[float]:
        return [count() for count in self.counts]


class Comparer:
    """Compares cases just opened and merges what is one thing, until stopped. An outage of PostgreSQL is waited out."""

    def __init__(
        self,
        looks: Looks,
        outages: Outages,
        told: Callable[[Compared, int], None],
        giving_way: GivingWay,
        pause_seconds: float,
    ) -> None:
        self._looks, self._outages, self._told = looks, outages, told
        self._giving_way, self._pause_seconds = giving_way, pause_seconds
        self._stopping = asyncio.Event()

    async def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Look again after the pause, sooner after a full batch, never without a rest, until `stop`."""
        while not self._stopping.is_set():
            began = time.monotonic()
            compared = await self._look() if self._giving_way.may_go() else Compared()
            is_more = compared.cases == BATCH_MAX and not self._giving_way.is_busy
            rest = REST * (time.monotonic() - began)
            with suppress(TimeoutError):
                async with asyncio.timeout(rest if is_more else max(rest, self._pause_seconds)):
                    await self._stopping.wait()

    async def _look(self) -> Compared:
        merges = MERGES_WHEN_BUSY_MAX if self._giving_way.is_busy else MERGES_MAX
        compared = await retry_transient(self._looks.compare, self._outages)
        merged = await retry_transient(partial(self._looks.carry_out, merges), self._outages)
        self._told(compared, merged)
        return compared
