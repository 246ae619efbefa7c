"""Decide a batch and publish it; the batch is acknowledged only after the broker has confirmed every decision."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from services.chassis.delivery.batch import Batch
from services.contracts.events import CaseDispatched, CaseReturned, ReportFacts, ReportReceived
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.decide import FIRST_ATTEMPT, decide, redecide, undecidable
from services.reference.deciding.organisation import Organisation
from services.reference.model.organisation import COMMAND_CENTER
from services.router.metrics import GRASSROOTS_LABEL, RouterMetrics
from services.router.ports import Decisions, References

_log = structlog.get_logger("whistle.router")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReports:
    """Name the lead of every report that was received."""

    references: References
    decisions: Decisions
    metrics: RouterMetrics
    epoch: int

    async def __call__(self, batch: Batch[ReportReceived]) -> None:
        began = time.perf_counter()
        decided: list[CaseDispatched] = []
        reference: CompiledReference | None = None
        for event in batch.events:
            report = event.report
            reference = await self.references.at(report.accepted_at)
            decided.append(self._decide(report, reference))
        if reference is not None:
            note(decided, began, reference.organisation, self.metrics)
            await self.decisions.publish(decided)

    def _decide(self, report: ReportFacts, reference: CompiledReference) -> CaseDispatched:
        return _never_without_decision(
            lambda: decide(report, reference, self.epoch),
            lambda why: undecidable(report, FIRST_ATTEMPT, reference, self.epoch, why),
            report,
            self.metrics,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReturns:
    """Name the next lead of every case that came back."""

    references: References
    decisions: Decisions
    metrics: RouterMetrics
    epoch: int

    async def __call__(self, batch: Batch[CaseReturned]) -> None:
        began = time.perf_counter()
        decided: list[CaseDispatched] = []
        reference: CompiledReference | None = None
        for returned in batch.events:
            reference = await self.references.version(returned.reference_version)
            decided.append(self._redecide(returned, reference))
        if reference is not None:
            note(decided, began, reference.organisation, self.metrics)
            await self.decisions.publish(decided)

    def _redecide(self, returned: CaseReturned, reference: CompiledReference) -> CaseDispatched:
        return _never_without_decision(
            lambda: redecide(returned, reference, self.epoch),
            lambda why: undecidable(returned.report, returned.attempt, reference, self.epoch, why),
            returned.report,
            self.metrics,
        )


def _never_without_decision(
    decide_it: Callable[[], CaseDispatched],
    give_up: Callable[[str], CaseDispatched],
    report: ReportFacts,
    metrics: RouterMetrics,
) -> CaseDispatched:
    """Return the decision, or the command center with the reason when the rules break on this report."""
    try:
        return decide_it()
    except Exception as error:  # noqa: BLE001 -- whatever a rule breaks on, the case must not be ownerless
        metrics.undecidable.inc()
        _log.error("the rules broke on a report", case_id=str(report.case_id), error=repr(error)[:300])
        return give_up(f"the rules broke: {type(error).__name__}")


def note(decided: Sequence[CaseDispatched], began: float, organisation: Organisation, metrics: RouterMetrics) -> None:
    """Count a batch of decisions."""
    for department, count in Counter(_label(decision.lead, organisation) for decision in decided).items():
        metrics.cases_routed.labels(department).inc(count)
    metrics.consulting.inc(sum(decision.consulting for decision in decided))
    metrics.decide_seconds.observe((time.perf_counter() - began) / len(decided))


def _label(lead: str, organisation: Organisation) -> str:
    return lead if lead == COMMAND_CENTER or lead in organisation.department_set else GRASSROOTS_LABEL
