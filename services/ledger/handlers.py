"""Decisions become cases; follow-ups reach them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis.delivery.batch import Batch
from services.contracts.events import CaseDispatched, ReportFollowedUp
from services.ledger.metrics import LedgerMetrics
from services.ledger.ports import Gate, Ledger, Opened


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
        async with self.ledger.gate() as gate:
            opened = list(await gate.open_once(firsts)) if firsts else []
            await _apply_waiting(gate, opened)
            if further:
                await gate.open_attempts(further)
        for repeat in repeats:  # each in a transaction of its own: it takes the case that it joins
            async with self.ledger.gate() as gate:
                joined = await gate.open_repeat(repeat)
                await _apply_waiting(gate, joined)
                opened += joined
        self.wake_relay()
        self.metrics.cases_opened.inc(len(opened))
        self.metrics.duplicates_dropped.inc(len(firsts) + len(repeats) - len(opened))
        self.metrics.attempts_opened.inc(len(further))


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
