"""A case's hops in their order: what intake and the router did, then every fact of the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.contracts.events import CaseDispatched, ReportReceived
from services.contracts.events import progress as facts
from services.whistle.trace.passing import Passages
from services.whistle.trace.reading import CaseRecord
from services.whistle.trace.telling import actor_of, in_words


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing that happened to the case. `clock` is `city` for the database's clock, `real` for Kafka's."""

    at: datetime | None
    clock: str
    what: str
    by: str


def hops_of(record: CaseRecord, passages: Passages) -> list[Hop]:
    """Return what happened, from the report on."""
    return [*_before_the_ledger(record, passages), *_in_the_ledger(record)]


def _before_the_ledger(record: CaseRecord, passages: Passages) -> Iterator[Hop]:
    report = record.decision.report if record.decision else None
    if report is not None:
        yield Hop(report.accepted_at, "city", f"reported by {report.reporter_kind} over {report.channel}", "")
    yield Hop(record.accepted_at, "city", "accepted and committed", "intake")
    yield Hop(_first(passages, ReportReceived.TYPE), "real", "published", "intake")
    decided = [passage for passage in passages.found if passage.topic == CaseDispatched.TYPE]
    if decided or record.facts:
        yield Hop(decided[0].at if decided else None, "real", f"dispatched{_to(record)}", "router")
    for again in decided[1:]:
        yield Hop(again.at, "real", "a decision again, or the next attempt's", "router")


def _to(record: CaseRecord) -> str:
    opened = [fact for fact in record.facts if isinstance(fact.what, facts.Opened)]
    return f" to {opened[0].lead} by reference version {opened[0].reference_version}" if opened else ""


def _first(passages: Passages, topic: str) -> datetime | None:
    return next((passage.at for passage in passages.found if passage.topic == topic), None)


def _in_the_ledger(record: CaseRecord) -> Iterator[Hop]:
    for fact in record.facts:
        yield Hop(fact.at, "city", in_words(fact), actor_of(fact))
