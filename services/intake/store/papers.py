"""Which papers were entered."""

from datetime import datetime
from typing import Final
from uuid import UUID

from services.chassis.postgres import Pool
from services.intake.store.deadlines import within

NOW: Final = "select clock.now()"
KEEP: Final = "insert into intake.papers (client_key) values ($1) on conflict do nothing"


class PostgresPapers:
    """Keeps the keys of papers for good; every call ends within `seconds_max`, or raises TimeoutError."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool, self._seconds_max = pool, seconds_max

    async def now(self) -> datetime:
        at: datetime = await within(self._seconds_max, self._pool.fetchval(NOW))
        return at

    async def keep(self, client_key: UUID) -> None:
        await within(self._seconds_max, self._pool.execute(KEEP, client_key))
