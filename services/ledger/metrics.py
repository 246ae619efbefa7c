"""The ledger's metrics, each declared once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

import asyncpg
from prometheus_client import CollectorRegistry, Counter, Gauge

from services.chassis.metrics import NAMESPACE, counted

PREFIX: Final = f"{NAMESPACE}_ledger"
COUNT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class LedgerMetrics:
    cases_opened: Counter
    duplicates_dropped: Counter
    attempts_opened: Counter
    followups_kept: Counter
    cases_moved: Counter
    cases_compared: Counter
    likenesses_found: Counter
    cases_merged: Counter

    def count_compared(self, cases: int, alike: int, merged: int) -> None:
        """Count one look of the comparison."""
        self.cases_compared.inc(cases)
        self.likenesses_found.inc(alike)
        self.cases_merged.inc(merged)

    def opened_so_far(self) -> float:
        """Return how many cases this process has opened."""
        return counted(self.cases_opened)

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"{PREFIX}_{name}_total", meaning, registry=registry)

        return cls(
            cases_opened=counter("cases_opened", "Cases put into the queues of their departments."),
            duplicates_dropped=counter("duplicates_dropped", "First decisions of cases that were open already."),
            attempts_opened=counter("further_decisions", "Decisions after a return: opened, superseded or repeated."),
            followups_kept=counter("followups_kept", "Follow-ups of residents taken in."),
            cases_moved=counter("cases_moved", "Cases looked at because a reference version came into force."),
            cases_compared=counter("cases_compared", "Cases compared with earlier ones of their community and item."),
            likenesses_found=counter("likenesses_found", "Pairs of cases found to be about one thing, or nearly."),
            cases_merged=counter("cases_merged", "Cases merged by the system into an earlier one."),
        )


@dataclass(frozen=True, slots=True)
class PendingGauge:
    """How much is still to be sent: counted every few seconds, never on the way of a case."""

    rows: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        return cls(
            Gauge(f"{PREFIX}_pending_rows", "Facts and notices not yet confirmed by the broker.", registry=registry)
        )

    async def keep(self, count_pending: Callable[[], Awaitable[int]]) -> None:
        """Count until cancelled; an outage only leaves the last count standing."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                self.rows.set(await count_pending())
            await asyncio.sleep(COUNT_SECONDS)
