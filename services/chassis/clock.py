"""The database's clock: the only one wherever a deadline is set or compared."""

from datetime import datetime
from typing import Any, Final, Protocol, cast

NOW: Final = "select clock.now()"
REAL: Final = "select pg_catalog.clock_timestamp()"

_DEFINITION: Final = """
    select prosrc from pg_catalog.pg_proc
    where oid = 'clock.now()'::pg_catalog.regprocedure
        and prolang = (select oid from pg_catalog.pg_language where lanname = 'sql')
"""


class Fetching(Protocol):
    """An asyncpg connection, a connection of a pool, or the pool itself."""

    async def fetchval(self, query: str, *args: Any) -> Any: ...


async def now(connection: Fetching) -> datetime:
    """Return the database's instant; aware."""
    return cast("datetime", await connection.fetchval(NOW))


async def clock_is_real(connection: Fetching) -> bool:
    """Tell whether `clock.now()` still is the server's own clock; readiness asserts it in production.

    Only demo and test databases replace the function by one that reads a stepped clock.
    """
    source = await connection.fetchval(_DEFINITION)
    return isinstance(source, str) and source.strip() == REAL
