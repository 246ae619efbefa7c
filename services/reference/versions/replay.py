"""Past reports against a draft: which would move, what each department would get, when it would be due."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from services.contracts.events.report import ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.verdicts import Reader, Verdicts
from services.reference.versions.deadlines import Deadlines

EXAMPLES_MAX: Final = 100

Outcome = tuple[str, str, bool, bool, bool]
"""Lead before and after, whether the command center consults before and after, whether a limit differs."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One report that the draft sends elsewhere, or gives another limit."""

    id: str
    lead_before: str
    lead_after: str
    limit_before: str
    limit_after: str


@dataclass(slots=True, kw_only=True)
class Replay:
    """What a draft would have done."""

    reports: int
    moved: int
    limits_changed: int
    unrouted_before: int
    unrouted_after: int
    load_before: Counter[str]
    load_after: Counter[str]
    deadlines: dict[str, dict[str, float]]
    """By clock, `promise` and `handling`: how many fall earlier, how many later, and by how many hours on average."""
    examples: list[Moved]
    """The first reports that differ, at most 100."""


class Replaying:
    """A replay under way: takes one report after the other, and says at any time what came of them."""

    def __init__(self, active: CompiledReference, draft: CompiledReference) -> None:
        reader = Reader((active, draft))
        self._active, self._draft = Verdicts(active, reader), Verdicts(draft, reader)
        self._outcomes: Counter[Outcome] = Counter()
        self._deadlines = Deadlines(active.calendar, draft.calendar)
        self._examples: list[Moved] = []

    def take(self, report: ReportFacts) -> None:
        """Decide a report by both versions: 10 µs, 30 µs where every deadline differs."""
        before, after = self._active.of(report), self._draft.of(report)
        limits = before.limits, after.limits
        relimited = limits[0] != limits[1]
        self._outcomes[before.lead, after.lead, before.consulting, after.consulting, relimited] += 1
        if relimited or self._deadlines.calendars_differ:
            self._deadlines.note(report.accepted_at, *limits)
        if (relimited or before.lead != after.lead) and len(self._examples) < EXAMPLES_MAX:
            handling = limits[0].handling, limits[1].handling
            self._examples.append(Moved(report.number, before.lead, after.lead, *handling))

    def told(self) -> Replay:
        """Return what came of the reports so far."""
        outcomes = self._outcomes.items()
        return Replay(
            reports=self._outcomes.total(),
            moved=sum(count for outcome, count in outcomes if outcome[0] != outcome[1]),
            limits_changed=sum(count for outcome, count in outcomes if outcome[4]),
            unrouted_before=sum(count for outcome, count in outcomes if outcome[2]),
            unrouted_after=sum(count for outcome, count in outcomes if outcome[3]),
            load_before=self._load(0),
            load_after=self._load(1),
            deadlines=self._deadlines.told(),
            examples=list(self._examples),
        )

    def _load(self, position: Literal[0, 1]) -> Counter[str]:
        load: Counter[str] = Counter()
        for outcome, count in self._outcomes.items():
            load[outcome[position]] += count
        return load


def replay(reports: Iterable[ReportFacts], active: CompiledReference, draft: CompiledReference) -> Replay:
    """Decide every report by both versions and compare."""
    replaying = Replaying(active, draft)
    for report in reports:
        replaying.take(report)
    return replaying.told()
