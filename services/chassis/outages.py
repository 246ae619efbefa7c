"""What this process waits for: named outages of databases and brokers, and retrying until they end."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import structlog
from aiokafka.errors import KafkaError
from asyncpg import exceptions as pg
from prometheus_client import CollectorRegistry, Gauge

from services.chassis.metrics import NAMESPACE

T = TypeVar("T")

KNOWN: Final = ("postgres", "kafka", "broker", "network")
PAUSE_SECONDS_FIRST: Final = 0.05
PAUSE_SECONDS_MAX: Final = 5.0

TRANSIENT: Final = (
    pg.PostgresConnectionError,
    pg.InsufficientResourcesError,
    pg.CannotConnectNowError,
    pg.AdminShutdownError,
    pg.CrashShutdownError,
    pg.IdleInTransactionSessionTimeoutError,
    pg.DeadlockDetectedError,
    pg.SerializationError,
    pg.LockNotAvailableError,
    pg.QueryCanceledError,
    pg.ReadOnlySQLTransactionError,
    pg.InternalClientError,
    OSError,
    TimeoutError,
)
"""Errors after which the same call may succeed. asyncpg's InterfaceError means misuse too: `is_transient` judges."""

_CLOSED: Final = ("closed", "connection was lost", "connection has been released", "another operation is in progress")
_log = structlog.get_logger("whistle.outages")


def is_transient(error: BaseException) -> bool:
    """Tell whether the same call may succeed later: an outage, a deadlock, a lost connection, an unknown commit."""
    if isinstance(error, KafkaError):
        return bool(error.retriable) or "onnection" in type(error).__name__
    if isinstance(error, pg.InterfaceError):
        return not isinstance(error, ValueError) and any(word in str(error) for word in _CLOSED)
    return isinstance(error, TRANSIENT)


def is_bad_data(error: BaseException) -> bool:
    """Tell whether a row's values were refused: SQLSTATE class 22 or 23, or a value asyncpg could not encode."""
    if isinstance(error, pg.InterfaceError):
        return isinstance(error, ValueError)
    state = getattr(error, "sqlstate", None)
    return isinstance(error, pg.PostgresError) and isinstance(state, str) and state[:2] in {"22", "23"}


def outage_of(error: BaseException) -> str:
    """Name what is away."""
    if isinstance(error, KafkaError):
        return "kafka"
    if isinstance(error, pg.PostgresError | pg.InterfaceError | pg.InternalClientError):
        return "postgres"
    return "network"


class Outages:
    """What is being waited for, and since when. Waiting counts as progress for five minutes; readiness is false."""

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._since: dict[str, float] = {}
        self._gauge = Gauge(f"{NAMESPACE}_{service}_outage", "1 while waiting for it.", ["name"], registry=registry)
        for name in KNOWN:
            self._gauge.labels(name=name)

    def begin(self, name: str) -> None:
        if name not in self._since:
            self._since[name] = time.monotonic()
            self._gauge.labels(name=name).set(1)
            _log.warning("outage begins", outage=name)

    def end(self, name: str) -> None:
        since = self._since.pop(name, None)
        if since is not None:
            self._gauge.labels(name=name).set(0)
            _log.warning("outage ends", outage=name, seconds=round(time.monotonic() - since, 1))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._since)

    @property
    def seconds_max(self) -> float:
        """How long the oldest outage has lasted; 0 without one. Safe to read from another thread."""
        oldest = min(list(self._since.values()), default=None)
        return 0.0 if oldest is None else time.monotonic() - oldest

    async def check(self) -> str | None:
        """Readiness: what is being waited for, or None."""
        return f"waiting for {', '.join(self.names)}" if self._since else None

    @contextmanager
    def ending(self, begun: set[str]) -> Iterator[None]:
        """End every outage in `begun` when the block is left, however it is left."""
        try:
            yield
        finally:
            for name in begun:
                self.end(name)


def pauses() -> Iterator[float]:
    """Give the seconds to wait before each retry: doubling with jitter, up to a limit."""
    pause = PAUSE_SECONDS_FIRST
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311 -- jitter, not a secret
        pause = min(pause * 2, PAUSE_SECONDS_MAX)


async def retry_transient(call: Callable[[], Awaitable[T]], outages: Outages, *, name: str | None = None) -> T:
    """Return what `call` returns, calling again with growing pauses while its errors are transient.

    Args:
        call: makes a fresh attempt each time; must be safe to repeat (an answer may be lost after the commit).
        name: of the outage, where the error does not say it.
        outages: shown as waiting under `name`, or under what the error says is away.
    """
    begun: set[str] = set()
    waits = pauses()
    with outages.ending(begun):
        while True:
            try:
                return await call()
            except Exception as error:
                if not is_transient(error):
                    raise
                away = name or outage_of(error)
                begun.add(away)
                outages.begin(away)
                _log.info("will try again", outage=away, error=repr(error)[:300])
                await asyncio.sleep(next(waits))
