"""What one decision costs with 500 rules, keywords, place and explanation. Seconds are printed; counts are gated."""

import time
from collections.abc import Callable
from typing import Final

from services.contracts.codec import decode, encode
from services.contracts.events import CaseDispatched, Place, ReportFacts, ReportReceived
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.decide import decide
from services.router.decisions import record_of
from tests.builders import an_id
from tests.unit.reference.test_default_rules import a_place, sentences, shipped
from tests.unit.reference.town import a_report

RULES_MIN: Final = 380
ROUNDS: Final = 5
BYTES_MAX: Final = 2_000
"""Of a decision on the wire, with its explanation."""


def test_one_decision() -> None:
    reference, reports = shipped(), some_reports()

    seconds = best(lambda: [decide(report, reference, 1) for report in reports])

    assert len(reference.outcomes) >= RULES_MIN
    tell("decision_us", seconds, len(reports), f"{len(reference.outcomes)} rules")


def test_a_report_from_bytes_to_bytes() -> None:
    reference, reports = shipped(), some_reports()
    values = [encode(ReportReceived(event_id=report.report_id, report=report)) for report in reports]

    def hop() -> list[CaseDispatched]:
        decided = [decide(decode(value, ReportReceived).report, reference, 1) for value in values]
        for decision in decided:
            record_of(decision)
        return decided

    seconds = best(hop)

    tell("router_hop_us", seconds, len(reports), "decode, decide, encode, headers")
    assert max(len(encode(decision)) for decision in hop()) < BYTES_MAX


def some_reports() -> list[ReportFacts]:
    place = located(shipped())
    return [
        a_report(report_id=an_id(text), case_id=an_id(text), text=text, place=place, channel="one_key")
        for _, text in sentences()
    ]


def located(reference: CompiledReference) -> Place:
    return reference.organisation.place_of(Place(grid=a_place(), longitude=113.1, latitude=41.0))


def best(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of some rounds: the others were disturbed."""
    return min(_measured(work) for _ in range(ROUNDS))


def _measured(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def tell(name: str, seconds: float, count: int, about: str) -> None:
    print(f"{name} = {seconds / count * 1e6:.1f} ({about})")  # noqa: T201 -- a benchmark prints
