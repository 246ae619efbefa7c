"""How often a message ended a process: written by the dying process or its watchdog, never for a kill from outside."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.chassis.postgres import Pool, connect
from services.chassis.settings import PostgresSettings

NOTE_SECONDS_MAX: Final = 5.0
SUSPECTS_MAX: Final = 10_000
CRASHES_MAX: Final = 3
"""After the first crash a batch is run one by one, after the third the message is dead-lettered (design §5)."""

_NOTE: Final = """
    insert into delivery.crashes (natural_key, last_reason)
    select distinct natural_key, $2 from unnest($1::text[]) as noted (natural_key)
    on conflict (consumer, natural_key) do update
    set count = delivery.crashes.count + 1, last_reason = excluded.last_reason, last_at = clock_timestamp()
"""
_SUSPECTS: Final = """
    select natural_key, count from delivery.crashes where consumer = current_user
    order by last_at desc limit $1
"""
_CLEAR: Final = "delete from delivery.crashes where consumer = current_user and natural_key = any($1::text[])"


class Crashes(Protocol):
    """Where crashes are counted."""

    async def note(self, keys: Sequence[str], reason: str) -> None:
        """Add one to each key. Called by a dying process: has a deadline of its own."""
        ...

    async def suspects(self) -> Mapping[str, int]:
        """Return how often each known message ended a process."""
        ...

    async def clear(self, keys: Sequence[str]) -> None:
        """Forget messages that have taken effect or are dead letters now."""
        ...


@dataclass(frozen=True, slots=True)
class PostgresCrashes:
    """Rows of `delivery.crashes`; the consumer is the database role."""

    pool: Pool

    async def note(self, keys: Sequence[str], reason: str) -> None:
        async with asyncio.timeout(NOTE_SECONDS_MAX):
            await self.pool.execute(_NOTE, list(keys), reason.replace("\0", "?")[:500])

    async def suspects(self) -> Mapping[str, int]:
        rows = await self.pool.fetch(_SUSPECTS, SUSPECTS_MAX)
        return {row["natural_key"]: row["count"] for row in rows}

    async def clear(self, keys: Sequence[str]) -> None:
        await self.pool.execute(_CLEAR, list(keys))


def note_from_thread(settings: PostgresSettings, keys: Sequence[str], reason: str) -> None:
    """Count a crash from the watchdog's thread, on a loop and a connection of its own: the process's loop is stuck."""

    async def note() -> None:
        async with asyncio.timeout(NOTE_SECONDS_MAX):
            connection = await connect(settings)
            try:
                await connection.execute(_NOTE, list(keys), reason.replace("\0", "?")[:500])
            finally:
                connection.terminate()

    with asyncio.Runner() as runner:
        runner.run(note())
