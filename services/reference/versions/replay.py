"""Past reports against a draft: which would move, what each department would get, what nobody would."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import CaseDispatched
from services.contracts.events.report import Channel, Place, ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.decide import decide

EXAMPLES_MAX: Final = 100
EPOCH: Final = 0
"""Decisions of a replay never meet those of a district."""
NOWHERE: Final = UUID(int=0)


class PastReport(msgspec.Struct, frozen=True, kw_only=True):
    """One line of NDJSON or CSV. Only what decides: no person, no contact."""

    id: str = ""
    accepted_at: datetime
    text: str | None = None
    item: str | None = None
    channel: Channel = "web"
    grid: str | None = None
    community: str | None = None
    subdistrict: str | None = None

    def facts(self) -> ReportFacts:
        return ReportFacts(
            report_id=NOWHERE,
            case_id=NOWHERE,
            number=self.id,
            accepted_at=self.accepted_at if self.accepted_at.tzinfo else self.accepted_at.replace(tzinfo=UTC),
            channel=self.channel,
            reporter_kind="resident",
            place=Place(grid=self.grid, community=self.community, subdistrict=self.subdistrict),
            item=self.item,
            text=self.text,
        )


class UnreadableReportError(ValueError):
    """A line that is no past report; says which and why."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One report that the draft sends elsewhere, or gives another limit."""

    id: str
    lead_before: str
    lead_after: str
    limit_before: str
    limit_after: str


@dataclass(slots=True)
class Replay:
    """What a draft would have done."""

    reports: int = 0
    moved: int = 0
    limits_changed: int = 0
    unrouted_before: int = 0
    unrouted_after: int = 0
    load_before: Counter[str] = field(default_factory=Counter)
    load_after: Counter[str] = field(default_factory=Counter)
    examples: list[Moved] = field(default_factory=list)
    """The first reports that differ, at most 100."""

    def add(self, before: CaseDispatched, after: CaseDispatched) -> None:
        """Count one report."""
        self.reports += 1
        self.load_before[before.lead] += 1
        self.load_after[after.lead] += 1
        self.unrouted_before += before.consulting
        self.unrouted_after += after.consulting
        self.moved += before.lead != after.lead
        self.limits_changed += before.limits != after.limits
        differs = before.lead != after.lead or before.limits != after.limits
        if differs and len(self.examples) < EXAMPLES_MAX:
            limits = before.limits.handling, after.limits.handling
            self.examples.append(Moved(before.report.number, before.lead, after.lead, *limits))


def replay(reports: Iterable[PastReport], active: CompiledReference, draft: CompiledReference) -> Replay:
    """Decide every report by both versions and compare. About 50 µs a report."""
    result = Replay()
    for report in reports:
        facts = report.facts()
        result.add(decide(facts, active, EPOCH), decide(facts, draft, EPOCH))
    return result


def read_ndjson(content: bytes) -> Iterator[PastReport]:
    """Yield the reports of an NDJSON file. Raises UnreadableReportError with the line."""
    decoder = msgspec.json.Decoder(PastReport)
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            try:
                yield decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise UnreadableReportError(f"line {number}: {error}") from error


def read_csv(content: bytes) -> Iterator[PastReport]:
    """Yield the reports of a CSV file with a header of field names. Raises UnreadableReportError with the row."""
    rows: Iterator[dict[str | Any, str | Any]] = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for number, row in enumerate(rows, start=2):
        try:
            yield msgspec.convert({name: cell for name, cell in row.items() if cell}, PastReport, strict=False)
        except msgspec.ValidationError as error:
            raise UnreadableReportError(f"row {number}: {error}") from error
