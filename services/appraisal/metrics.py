"""Metrics of the appraisal, each declared once."""

from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter

from services.chassis.metrics import NAMESPACE, counted

PREFIX: Final = f"{NAMESPACE}_appraisal"


@dataclass(frozen=True, slots=True)
class AppraisalMetrics:
    facts: Counter
    notices: Counter
    repeats: Counter
    drafts: Counter
    drafts_refused: Counter
    bursts: Counter

    def facts_taken(self) -> float:
        """Return how many facts this process has taken."""
        return counted(self.facts)

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        def counter(name: str, meaning: str) -> Counter:
            return Counter(f"{PREFIX}_{name}_total", meaning, registry=registry)

        return cls(
            facts=counter("facts", "Facts of cases taken, whether or not a figure counts them."),
            notices=counter("notices", "Notices taken, whether or not a figure counts them."),
            repeats=counter("repeats", "Facts and notices that were there already."),
            drafts=counter("drafts", "Drafts of bulletins compiled."),
            drafts_refused=counter(
                "drafts_refused", "Drafts that are too large for one bulletin; the one before stands."
            ),
            bursts=counter("bursts", "Alerts raised for many similar cases of one place."),
        )
