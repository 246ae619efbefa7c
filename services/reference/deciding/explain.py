"""Why: the conditions that held, in words a clerk reads."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from services.contracts.events.report import ReportFacts
from services.reference.deciding.match import Found, fold
from services.reference.model.rules import Rule

BEATEN_MAX = 5


def conditions_of(rule: Rule, report: ReportFacts, words: Sequence[str], path: Sequence[str]) -> Iterator[str]:
    """Yield each condition of the rule with the value that fulfilled it."""
    if rule.items and report.item:
        yield f"item {report.item}"
    if rule.keywords:
        yield f"keyword {_first(rule.keywords, words)}"
    if rule.with_keywords:
        yield f"with {_first(rule.with_keywords, words)}"
    if rule.areas:
        yield f"area {next((area for area in path if area in rule.areas), rule.areas[0])}"
    if rule.hours is not None:
        yield f"hours {rule.hours}"
    if rule.channels:
        yield f"channel {report.channel}"
    if rule.kind is not None:
        yield f"kind {rule.kind}"


def beaten_by(position: int, found: Found, rules: Sequence[Rule]) -> tuple[str, ...]:
    """Return the ids of the next rules that matched too."""
    others = (rules[other].id for other in found.positions() if other != position)
    return tuple(islice(others, BEATEN_MAX))


def _first(keywords: Iterable[str], words: Sequence[str]) -> str:
    """Return the keyword that stands first in the text."""
    folded = {fold(keyword): keyword for keyword in keywords}
    return next((folded[word] for word in words if word in folded), "")
