"""Decisions become cases; follow-ups reach them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.chassis.delivery.batch import Batch
from services.contracts.events import CaseDispatched, ReportFollowedUp
from services.ledger.metrics import LedgerMetrics
from services.ledger.ports import Gate, Ledger, Opened

REPEATS_MAX: Final = 100
"""Repeats that join in one transaction: it holds the cases that they join."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCases:
    """Put dispatched cases into the queues of their departments."""

    ledger: Ledger
    metrics: LedgerMetrics
    wake_relay: Callable[[], None]

    async def __call__(self, batch: Batch[CaseDispatched]) -> None:
        firsts = [event for event in batch.events if event.attempt == 1 and event.report.repeats is None]
        repeats = [event for event in batch.events if event.attempt == 1 and event.report.repeats is not None]
        further = [event for event in batch.events if event.attempt > 1]
        opened: list[Opened] = []
        if firsts or further:
            opened += await self._open(firsts, further)
        repeats.sort(key=lambda event: (event.report.accepted_at, event.report.case_id))
        for begins in range(0, len(repeats), REPEATS_MAX):
            opened += await self._open_repeats(repeats[begins : begins + REPEATS_MAX])
        self.wake_relay()
        self.metrics.cases_opened.inc(len(opened))
        self.metrics.duplicates_dropped.inc(len(firsts) + len(repeats) - len(opened))
        self.metrics.attempts_opened.inc(len(further))

    async def _open(self, firsts: Sequence[CaseDispatched], further: Sequence[CaseDispatched]) -> Sequence[Opened]:
        async with self.ledger.gate() as gate:
            opened = await gate.open_once(firsts) if firsts else []
            await _apply_waiting(gate, opened)
            if further:
                await gate.open_attempts(further)
        return opened

    async def _open_repeats(self, repeats: Sequence[CaseDispatched]) -> Sequence[Opened]:
        async with self.ledger.gate() as gate:
            opened = await gate.open_repeats(repeats)
            await _apply_waiting(gate, opened)
        return opened


async def _apply_waiting(gate: Gate, opened: Sequence[Opened]) -> None:
    waited = [case.case_id for case in opened if case.followed_up]
    if waited:
        await gate.apply_followups(waited)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyFollowUps:
    """Let what residents added reach their cases; what comes before its case waits for it."""

    ledger: Ledger
    metrics: LedgerMetrics
    wake_relay: Callable[[], None]

    async def __call__(self, batch: Batch[ReportFollowedUp]) -> None:
        async with self.ledger.gate() as gate:
            await gate.keep_followups(batch.events)
        self.wake_relay()
        self.metrics.followups_kept.inc(len(batch.events))
