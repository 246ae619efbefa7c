"""What the routes work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.chassis.postgres import Pool
from services.chassis.web.cursors import Cursors
from services.desk.handlers import PerformActs, no_such_case, nobody
from services.desk.metrics import DeskMetrics, Read
from services.desk.ports import Versions
from services.desk.queries.asking import Asking, NobodyAsksError, asking
from services.desk.queries.cases import FoundCase

_log = structlog.get_logger("whistle.desk.reads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts of the desk, put together in `__main__`."""

    pool: Pool
    acts: PerformActs
    versions: Versions
    cursors: Cursors
    metrics: DeskMetrics

    @asynccontextmanager
    async def reading(self, token_hash: bytes, what: Read) -> AsyncIterator[Asking]:
        """Read as the token's person.

        Raises:
            Problem: 401 when the token opens nothing.
        """
        with self.metrics.read_seconds.labels(what).time():
            try:
                async with asking(self.pool, token_hash) as asked:
                    yield asked
            except NobodyAsksError:
                raise nobody() from None


def found_or_404(found: FoundCase | None, asked: Asking, case: UUID | None = None) -> FoundCase:
    """Return the case; what is not there and what is not theirs leaves the same answer and the same line."""
    if found is None:
        _log.warning("asked for a case in vain", person=str(asked.asker.person_id), case_id=str(case or ""))
        raise no_such_case()
    return found


def list_scope(name: str, asked: Asking, filtered: str) -> str:
    """Return what a cursor is bound to: the list, its filters, and the person."""
    return f"{name}/{asked.asker.person_id}/{filtered}"
