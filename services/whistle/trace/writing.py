"""A traced case as JSON and as lines to read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from rich.console import RenderableType

from services.contracts.events import progress as facts
from services.whistle.showing import table
from services.whistle.trace.deadlines import calendars_of, derive
from services.whistle.trace.hops import Hop
from services.whistle.trace.passing import Passages
from services.whistle.trace.reading import CaseRecord
from services.whistle.trace.telling import why_of


@dataclass(frozen=True, slots=True)
class Traced:
    """Everything found out about one case."""

    record: CaseRecord
    hops: Sequence[Hop]
    passages: Passages

    @property
    def number(self) -> str | None:
        return self.record.case["number"] if self.record.case else None

    @property
    def state(self) -> str:
        return self.record.case["state"] if self.record.case else "accepted, not yet opened"


def told_of(traced: Traced) -> dict[str, Any]:
    """Return what programs read."""
    record, calendars = traced.record, calendars_of(traced.record.versions)
    derived = [(clock, derive(clock, calendars)) for clock in record.clocks]
    return {
        "case_id": record.case_id,
        "number": traced.number,
        "state": traced.state,
        "pending": record.is_pending,
        "hops": [asdict(hop) for hop in traced.hops],
        "why": list(_whys(record)),
        "deadlines": [{**clock, "derivation": asdict(found) if found else None} for clock, found in derived],
        "told": record.told,
        "records": asdict(traced.passages),
    }


def lines_of(traced: Traced) -> Iterator[RenderableType]:
    """Yield what people read, instants as the office's wall clock shows them."""
    record, calendars = traced.record, calendars_of(traced.record.versions)
    zone: tzinfo = next((calendar.zone for calendar in calendars.values()), UTC)
    unsent = " · something of it is still to be sent" if record.is_pending else ""
    yield f"case {traced.number or record.case_id} · {traced.state}{unsent}\n"
    rows = ((_local(hop.at, zone), hop.clock, hop.what, hop.by) for hop in traced.hops)
    yield table(("when", "clock", "what", "by"), rows)
    for why in _whys(record):
        yield f"\nwhy {why['lead']} (attempt {why['attempt']}, reference version {why['reference_version']})"
        yield from (f"  {reason}" for reason in why["reasons"])
    yield "\nhow the deadlines were computed"
    for clock in record.clocks:
        found = derive(clock, calendars)
        yield f"  {_clock(clock, zone)}: {found.in_words(clock['allowed'], zone) if found else 'unknown'}"
    yield "\nwho was told"
    yield from (f"  {line}" for line in _told_lines(record, zone))
    if traced.passages.trouble:
        yield f"\ntopics: {traced.passages.trouble}"


def _whys(record: CaseRecord) -> Iterator[dict[str, Any]]:
    for fact in record.facts:
        if isinstance(fact.what, facts.Opened | facts.Dispatched):
            yield {
                "attempt": fact.attempt,
                "lead": fact.lead,
                "reference_version": fact.reference_version,
                "reasons": why_of(fact.what.because),
            }


def _clock(clock: Mapping[str, Any], zone: tzinfo) -> str:
    of = f" of {clock['unit']}" if clock["unit"] else ""
    cycle = f" ({clock['cycle']})" if clock["cycle"] > 1 else ""
    end = f", stopped {_local(clock['stopped_at'], zone)}" if clock["stopped_at"] else ""
    return f"{clock['kind']}{of}{cycle} {_local(clock['started_at'], zone)} → {_local(clock['due_at'], zone)}{end}"


def _told_lines(record: CaseRecord, zone: tzinfo) -> Iterator[str]:
    if not record.told:
        yield "nobody yet"
    for message in record.told:
        cells = (_local(value, zone) if isinstance(value, datetime) else str(value) for value in message.values())
        yield "  ".join(cells)


def _local(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else "–"
