"""The router's handlers with fakes at the ports: versions in memory, decisions kept in a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.contracts.events import CaseDispatched
from services.reference.deciding.compile import CompiledReference
from services.router.handlers import DecideReports, DecideReturns
from services.router.metrics import RouterMetrics


@dataclass
class Versions:
    """Gives one version for every instant, and notes what it was asked for."""

    reference: CompiledReference
    asked: list[datetime | int] = field(default_factory=list)

    async def at(self, accepted_at: datetime) -> CompiledReference:
        self.asked.append(accepted_at)
        return self.reference

    async def version(self, number: int) -> CompiledReference:
        self.asked.append(number)
        return self.reference


@dataclass
class Published:
    """Keeps what was published; `broken` makes the broker refuse."""

    decisions: list[CaseDispatched] = field(default_factory=list)
    broken: bool = False

    async def publish(self, decisions: Sequence[CaseDispatched]) -> None:
        if self.broken:
            raise OSError("broker away")
        self.decisions.extend(decisions)


class City:
    """A router's parts, put together as in its composition root."""

    def __init__(self, reference: CompiledReference) -> None:
        self.registry = CollectorRegistry()
        self.versions = Versions(reference)
        self.published = Published()
        metrics = RouterMetrics.create(self.registry)
        metrics.loaded(reference)
        parts: dict[str, Any] = {
            "references": self.versions,
            "decisions": self.published,
            "metrics": metrics,
            "epoch": 1,
        }
        self.reports = DecideReports(**parts)
        self.returns = DecideReturns(**parts)

    def routed(self, department: str) -> float | None:
        return self.registry.get_sample_value("whistle_router_cases_routed_total", {"department": department})


def batch_of(*events: Any) -> Batch[Any]:
    """Return the events as a pump gives them."""
    return Batch([Delivered(event, None) for event in events])
