"""The router's metrics, each declared once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis.metrics import NAMESPACE
from services.reference.deciding.compile import CompiledReference
from services.reference.model.organisation import COMMAND_CENTER

PREFIX: Final = f"{NAMESPACE}_router"
DECIDE_SECONDS: Final = (5e-6, 1e-5, 2e-5, 4e-5, 8e-5, 1.6e-4, 3.2e-4, 6.4e-4, 2.5e-3, 1e-2)
GRASSROOTS_LABEL: Final = "grassroots"
"""One label for all subdistricts and communities: hundreds of them would be hundreds of series."""


@dataclass(frozen=True, slots=True)
class RouterMetrics:
    cases_routed: Counter
    consulting: Counter
    undecidable: Counter
    decide_seconds: Histogram
    reference_version: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry) -> Self:
        metrics = cls(
            cases_routed=Counter(
                f"{PREFIX}_cases_routed_total", "Decisions published, by lead.", ["department"], registry=registry
            ),
            consulting=Counter(
                f"{PREFIX}_consulting_total",
                "Decisions that no rule made: the command center leads.",
                registry=registry,
            ),
            undecidable=Counter(
                f"{PREFIX}_undecidable_total", "Reports on which the rules broke, a part of those.", registry=registry
            ),
            decide_seconds=Histogram(
                f"{PREFIX}_decide_seconds",
                "Time to decide one case, averaged over its batch.",
                buckets=DECIDE_SECONDS,
                registry=registry,
            ),
            reference_version=Gauge(
                f"{PREFIX}_reference_version", "Newest reference version compiled here.", registry=registry
            ),
        )
        metrics.show((COMMAND_CENTER, GRASSROOTS_LABEL))
        return metrics

    def show(self, departments: Iterable[str]) -> None:
        """Make each label visible: a department that never gets a case must show 0, absence would hide an outage."""
        for department in departments:
            self.cases_routed.labels(department)

    def loaded(self, reference: CompiledReference) -> None:
        """Note a version that was compiled."""
        self.show(reference.organisation.departments())
        self.reference_version.set(reference.number)
