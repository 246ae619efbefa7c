"""Replays in the background: past cases decided by two versions, some at a time, within a deadline."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

import structlog

from services.chassis.postgres import Pool
from services.contracts.events.report import ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.versions.publish import PublicationRefusedError
from services.reference.versions.rehearsals import ASKED_MAX, Ended, begin, past_reports, tell
from services.reference.versions.replay import Replaying

SECONDS_MAX: Final = 120.0
RUNNING_MAX: Final = 2
BATCH: Final = 500
"""Cases between two words to the database; a batch takes some 30 ms beside the event loop."""

_log = structlog.get_logger("whistle.desk.rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be replayed: a draft against the version in force, on so many of the latest cases."""

    draft_id: int
    active: CompiledReference
    draft: CompiledReference
    cases: int
    token_hash: bytes


@dataclass(slots=True)
class Rehearsing:
    """Runs replays of this process."""

    pool: Pool
    seconds_max: float = SECONDS_MAX
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def begin(self, wanted: Wanted) -> None:
        """Begin a replay and return; its progress and its end are told to the database.

        Raises:
            PublicationRefusedError: this draft is replayed already, the process has enough to do, or no such role.
        """
        if len(self.running) >= RUNNING_MAX:
            raise PublicationRefusedError("RV010", "two replays are running")
        run, cases = uuid4(), max(1, min(wanted.cases, ASKED_MAX))
        await begin(self.pool, wanted.draft_id, wanted.active.number, cases, run, wanted.token_hash)
        task = asyncio.create_task(self._run(run, wanted, cases), name="desk.rehearsing")
        self.running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let another one begin. One that failed told nobody: the page says so after 10 s without a word."""
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a replay failed", error=repr(error)[:300])

    async def _run(self, run: UUID, wanted: Wanted, cases: int) -> None:
        replaying = Replaying(wanted.active, wanted.draft)
        ended: Ended = "done"
        try:
            async with asyncio.timeout(self.seconds_max):
                await self._decide(run, replaying, wanted, cases)
        except TimeoutError:
            ended = "too_long"
        result = replaying.told()
        await tell(self.pool, run, result.reports, ended, result)

    async def _decide(self, run: UUID, replaying: Replaying, wanted: Wanted, cases: int) -> None:
        before: UUID | None = None
        decided = 0
        while decided < cases:
            some = min(BATCH, cases - decided)
            reports, before = await past_reports(self.pool, before, some, wanted.token_hash)
            await asyncio.to_thread(_take, replaying, reports)
            decided += len(reports)
            if not reports or not await tell(self.pool, run, decided, None, None):
                return


def _take(replaying: Replaying, reports: Sequence[ReportFacts]) -> None:
    for report in reports:
        replaying.take(report)
