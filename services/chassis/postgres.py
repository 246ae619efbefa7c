"""PostgreSQL for one process: a bounded pool with deadlines, refused when the server may lose what it committed."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import structlog

from services.chassis.clock import clock_is_real
from services.chassis.outages import TRANSIENT, is_bad_data, is_transient, pauses, retry_transient
from services.chassis.settings import PostgresSettings

__all__ = [
    "TRANSIENT",
    "Pool",
    "UnsafeServerError",
    "assert_durable",
    "beside",
    "connect",
    "is_bad_data",
    "is_transient",
    "postgres_pool",
    "ready",
    "retry_transient",
]

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool

OPEN_POOLS: Final["set[Pool]"] = set()
"""The process's pools while they are open, for its metrics."""
DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
CONNECT_SECONDS_MAX: Final = 5.0
OPEN_SECONDS_MAX: Final = 60.0

_log = structlog.get_logger("whistle.postgres")


class UnsafeServerError(RuntimeError):
    """A 201 would promise more than this server keeps."""


def session(settings: PostgresSettings) -> dict[str, str]:
    """Return what every session asks of the server; the roles carry the same limits where a superuser may set them."""
    milliseconds = int(settings.command_seconds_max * 1000)
    return {
        "application_name": settings.application_name,
        "jit": "off",
        "timezone": "UTC",
        "synchronous_commit": "on",
        "statement_timeout": str(milliseconds),
        "lock_timeout": str(min(milliseconds, 10_000)),
        "idle_in_transaction_session_timeout": "15000",
    }


async def connect(
    settings: PostgresSettings, *, within_seconds: float = CONNECT_SECONDS_MAX, **server_settings: str
) -> "asyncpg.Connection[asyncpg.Record]":
    """Return one connection of its own, outside any pool; `server_settings` override the usual ones."""
    return await asyncpg.connect(
        settings.dsn,
        password=settings.password,
        timeout=within_seconds,
        command_timeout=settings.command_seconds_max,
        server_settings=session(settings) | server_settings,
    )


@asynccontextmanager
async def postgres_pool(settings: PostgresSettings, **options: Any) -> AsyncIterator[Pool]:
    """Open the process's pool; closed with a deadline when the block is left.

    Raises:
        UnsafeServerError: fsync, full_page_writes or synchronous_commit is off (design §3).
    """
    pool = await _opened(settings, options)
    try:
        async with pool.acquire() as connection:
            await assert_durable(connection)
        OPEN_POOLS.add(pool)
        yield pool
    finally:
        OPEN_POOLS.discard(pool)
        await _close(pool)


def beside(settings: PostgresSettings) -> AbstractAsyncContextManager[Pool]:
    """Open one connection beside the pool, for what is asked by those who hold the pool's.

    To wait for one of the pool's would be to wait for each other, and in the end for nobody.
    """
    return postgres_pool(replace(settings, pool_size=1))


async def _opened(settings: PostgresSettings, options: Mapping[str, Any]) -> Pool:
    """Return an open pool; waits a minute for a server that is away, then gives up (the supervisor starts us again)."""
    waits = pauses()
    async with asyncio.timeout(OPEN_SECONDS_MAX):
        while True:
            try:
                return await _created(settings, options)
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("waiting for PostgreSQL", error=repr(error)[:200])
                await asyncio.sleep(next(waits))


async def _created(settings: PostgresSettings, options: Mapping[str, Any]) -> Pool:
    return await asyncpg.create_pool(
        settings.dsn,
        password=settings.password,
        min_size=min(2, settings.pool_size),
        max_size=settings.pool_size,
        timeout=CONNECT_SECONDS_MAX,
        command_timeout=settings.command_seconds_max,
        max_inactive_connection_lifetime=300.0,
        server_settings=session(settings),
        **{"reset": _as_it_is, **options},
    )


async def _as_it_is(_: Any) -> None:
    """Leave a session as it was used: every `set` is local, so resetting would only cost a round trip each time."""


async def _close(pool: Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), CONNECT_SECONDS_MAX)
    except TimeoutError:
        pool.terminate()


async def assert_durable(connection: Any) -> None:
    """Refuse a server that answers a commit before it is on disk.

    Raises:
        UnsafeServerError: naming what is off.
    """
    rows = await connection.fetch(
        "select name, setting from pg_catalog.pg_settings where name = any($1)", list(DURABLE)
    )
    off = sorted(row["name"] for row in rows if row["setting"] not in {"on", "remote_apply", "remote_write"})
    if off or len(rows) < len(DURABLE):
        raise UnsafeServerError(f"PostgreSQL may lose commits: {', '.join(off) or 'settings unreadable'} must be on")


async def ready(pool: Pool, settings: PostgresSettings) -> str | None:
    """Readiness: the database answers, and its clock is the one this process was told to expect."""
    async with pool.acquire(timeout=CONNECT_SECONDS_MAX) as connection:
        real = await clock_is_real(connection)
    if real == (settings.clock == "real"):
        return None
    return "clock.now() is not the server's own clock" if settings.clock == "real" else "clock.now() is not stepped"
