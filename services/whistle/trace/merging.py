"""Reports about one thing, in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.contracts.events import merging as facts


def _merged(fact: facts.Merged) -> str:
    how = f"by the system, words {fact.share:.0%} alike" if fact.share is not None else "by a person"
    return f"merged into {fact.number} {how}"


MERGING_WORDS: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    facts.Merged: _merged,
    facts.ReportJoined: lambda fact: f"report {fact.number} joined{' by itself' if fact.automatic else ''}",
    facts.Unmerged: lambda fact: f"taken out of {fact.number} again",
    facts.ReportParted: lambda fact: f"report {fact.number} is about something else",
    facts.ClosedTogether: lambda fact: f"ended with {fact.number}, {'on time' if fact.on_time else 'late'}",
}
