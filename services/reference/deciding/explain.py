"""Why: the conditions that held, in words a clerk reads."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from services.contracts.events.report import ReportFacts
from services.reference.deciding.compile import Outcome
from services.reference.deciding.match import Found

BEATEN_MAX = 5


def conditions_of(outcome: Outcome, report: ReportFacts, found: Found, path: Sequence[str]) -> Iterator[str]:
    """Yield each condition of the rule with the value that fulfilled it."""
    rule = outcome.rule
    if rule.items and report.item:
        yield f"item {report.item}"
    if rule.keywords:
        yield f"keyword {_first(outcome.keywords, found)}"
    if rule.with_keywords:
        yield f"with {_first(outcome.with_keywords, found)}"
    if rule.areas:
        yield f"area {next((area for area in path if area in rule.areas), rule.areas[0])}"
    if rule.hours is not None:
        yield f"hours {rule.hours}"
    if rule.channels:
        yield f"channel {report.channel}"
    if rule.kind is not None:
        yield f"kind {rule.kind}"


def beaten_by(position: int, found: Found, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return the ids of the next rules that matched too."""
    if not found.mask & (found.mask - 1):
        return ()
    others = (outcomes[other].rule.id for other in found.positions() if other != position)
    return tuple(islice(others, BEATEN_MAX))


def _first(keywords: Mapping[str, str], found: Found) -> str:
    """Return the keyword that stands first in the text."""
    return next((keywords[word] for word in found.words() if word in keywords), "")
