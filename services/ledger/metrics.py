"""The ledger's metrics, each declared once."""

from dataclasses import dataclass
from typing import Self

from prometheus_client import CollectorRegistry, Counter

from services.chassis.metrics import NAMESPACE

PREFIX = f"{NAMESPACE}_ledger"


@dataclass(frozen=True, slots=True)
class LedgerMetrics:
    cases_opened: Counter
    duplicates_dropped: Counter
    attempts_opened: Counter
    followups_kept: Counter

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"{PREFIX}_{name}_total", meaning, registry=registry)

        return cls(
            cases_opened=counter("cases_opened", "Cases put into the queues of their departments."),
            duplicates_dropped=counter("duplicates_dropped", "First decisions of cases that were open already."),
            attempts_opened=counter("further_decisions", "Decisions after a return: opened, superseded or repeated."),
            followups_kept=counter("followups_kept", "Follow-ups of residents taken in."),
        )
