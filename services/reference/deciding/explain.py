"""Why: the conditions that held, in words a clerk reads."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from services.contracts.events.dispatch import Explanation
from services.contracts.events.report import ReportFacts
from services.reference.deciding.choosing import Choice
from services.reference.deciding.compile import Outcome
from services.reference.deciding.match import Found
from services.reference.deciding.resolving import Scene

BEATEN_MAX: Final = 5


def because(choice: Choice, scene: Scene) -> Explanation:
    """Return why the choice was made: the rule, what it matched, what it beat, what nobody could be found for."""
    found = choice.found
    if found is None:
        return Explanation(matched=choice.matched, notes=choice.notes)
    outcomes = scene.reference.outcomes
    outcome = outcomes[choice.position]
    return Explanation(
        rule=outcome.rule.id,
        matched=_conditions(outcome, scene.report, found, scene.path),
        beaten=_beaten(choice.position, found, outcomes),
        notes=choice.notes,
    )


def _conditions(outcome: Outcome, report: ReportFacts, found: Found, path: Sequence[str]) -> tuple[str, ...]:
    """Return each condition of the rule with the value that fulfilled it."""
    rule = outcome.rule
    held: list[str] = []
    if rule.items and report.item:
        held.append(f"item {report.item}")
    if rule.keywords:
        held.append(f"keyword {_first(outcome.keywords, found)}")
    if rule.with_keywords:
        held.append(f"with {_first(outcome.with_keywords, found)}")
    if rule.areas:
        held.append(f"area {next((area for area in path if area in rule.areas), rule.areas[0])}")
    if rule.hours is not None:
        held.append(f"hours {rule.hours}")
    if rule.channels:
        held.append(f"channel {report.channel}")
    if rule.kind is not None:
        held.append(f"kind {rule.kind}")
    return tuple(held)


def _beaten(position: int, found: Found, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return the ids of the next rules that matched too."""
    if not found.mask & (found.mask - 1):
        return ()
    others = (outcomes[other].rule.id for other in found.positions() if other != position)
    return tuple(islice(others, BEATEN_MAX))


def _first(keywords: Mapping[str, str], found: Found) -> str:
    """Return the keyword that stands first in the text."""
    lexicon = found.lexicon
    for index, _, _ in found.hits:
        word = keywords.get(lexicon[index])
        if word is not None:
            return word
    return ""
