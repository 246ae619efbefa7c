"""A pending table as the relay's source: one connection of its own holds the advisory lock, reads and deletes."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import asyncpg

from services.chassis.delivery.producer import Outgoing
from services.chassis.postgres import connect
from services.chassis.settings import PostgresSettings

LOCK_CLASS: Final = 0x52454C41  # "RELA"

_LOCK: Final = "select pg_catalog.pg_try_advisory_lock($1, $2)"


def outgoing_from(row: Any) -> Outgoing:
    """Return the record of a row (seq, topic, key bytea, value bytea, headers text[] as name, value, name, value…)."""
    headers = row["headers"] or ()
    pairs = [(name, value.encode()) for name, value in zip(headers[::2], headers[1::2], strict=True)]
    return Outgoing(row["seq"], row["topic"], row["key"], row["value"], pairs)


class PostgresSource:
    """Reads with `read_sql($1 limit, $2 bigint[] held)` in order of seq, deletes with `forget_sql($1 bigint[])`.

    Reading happens on the connection that holds the lock, so each batch proves that the lock is still held.
    """

    def __init__(
        self,
        settings: PostgresSettings,
        *,
        read_sql: str,
        forget_sql: str,
        lock: str,
        row: Callable[[Any], Outgoing] = outgoing_from,
    ) -> None:
        self._settings = settings
        self._read_sql = read_sql
        self._forget_sql = forget_sql
        self._lock = zlib.crc32(lock.encode()) - 2**31
        self._row = row
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._holds_lock = False

    async def read(self, limit: int, held: Sequence[int]) -> Sequence[Outgoing]:
        connection = await self._locked()
        if connection is None:
            return ()
        return [self._row(row) for row in await connection.fetch(self._read_sql, limit, list(held))]

    async def forget(self, seqs: Sequence[int]) -> None:
        connection = await self._locked()
        if connection is not None:  # else another relay works: it sends them again, and forgets them
            await connection.execute(self._forget_sql, list(seqs))

    async def close(self) -> None:
        """Let the lock go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _locked(self) -> "asyncpg.Connection[asyncpg.Record] | None":
        """Return the connection that holds the lock, or None while another relay does."""
        connection = self._connection
        if connection is None or connection.is_closed():
            # A delete that is lost with the server's memory only means that a record is sent twice: no fsync for it.
            connection = self._connection = await connect(self._settings, synchronous_commit="off")
            self._holds_lock = False
        if not self._holds_lock:
            self._holds_lock = bool(await connection.fetchval(_LOCK, LOCK_CLASS, self._lock))
        return connection if self._holds_lock else None
