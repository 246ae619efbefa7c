"""Rules that only their order in the sheet keeps apart, though they lead to different departments."""

from collections.abc import Iterator
from itertools import combinations, groupby

from services.reference.deciding.compile import CompiledReference, Outcome
from services.reference.deciding.ranking import rank_of
from services.reference.lint.finding import Finding


def overlapping(reference: CompiledReference) -> Iterator[Finding]:
    """Yield pairs of equally specific rules of the same priority that share words or items and differ in the lead."""

    def rank(outcome: Outcome) -> tuple[object, ...]:
        return rank_of(outcome.rule, reference.organisation, reference.items)[:2]

    for _, equals in groupby(reference.outcomes, key=rank):
        for first, second in combinations(equals, 2):
            shared = _shared(first, second)
            if shared and first.lead != second.lead:
                leads = f"{first.lead} comes before {second.lead}"
                reason = f"both match {shared}; {leads} by principle or order only"
                yield Finding("overlapping", second.rule.id, reason, first.rule.id)


def _shared(first: Outcome, second: Outcome) -> str:
    """Return one word or item under which a report can match both; empty when they are apart."""
    apart = (
        ("items", set(first.rule.items), set(second.rule.items)),
        ("keywords", set(first.keywords), set(second.keywords)),
        ("with", set(first.with_keywords), set(second.with_keywords)),
        ("areas", set(first.rule.areas), set(second.rule.areas)),
        ("channels", set(first.rule.channels), set(second.rule.channels)),
    )
    found = ""
    for _, ours, theirs in apart:
        common = sorted(ours & theirs)
        if ours and theirs and not common:
            return ""
        found = found or (common[0] if common else "")
    return found
