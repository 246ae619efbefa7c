"""What a check found, and the sets of values that several checks compare."""

from collections.abc import Collection
from dataclasses import dataclass

from services.reference.deciding.match import fold
from services.reference.deciding.organisation import Organisation
from services.reference.model.rules import MINUTES_PER_DAY, Rule


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule or item that somebody should look at."""

    check: str
    rule: str
    """Id of the rule, or `item:<code>`."""
    reason: str
    other: str = ""
    """Id of the rule it collides with."""


def accepts_all_of(wide: Rule, narrow: Rule, organisation: Organisation) -> bool:
    """Whether every report that `narrow` matches is matched by `wide` too."""
    return (
        _covers(wide.items, narrow.items)
        and wide.kind in {None, narrow.kind}
        and _words_cover(wide.keywords, narrow.keywords)
        and _words_cover(wide.with_keywords, narrow.with_keywords)
        and _areas_cover(wide, narrow, organisation)
        and _covers(wide.channels, narrow.channels)
        and _hours_cover(wide, narrow)
    )


def _covers(wide: Collection[str], narrow: Collection[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _words_cover(wide: Collection[str], narrow: Collection[str]) -> bool:
    """A text that contains 井盖缺失 contains 井盖."""
    if not wide:
        return True
    return bool(narrow) and all(any(fold(short) in fold(long) for short in wide) for long in narrow)


def _areas_cover(wide: Rule, narrow: Rule, organisation: Organisation) -> bool:
    if not wide.areas:
        return True
    known = [area for area in narrow.areas if area in organisation.units]
    return bool(known) and all(organisation.is_under(area, wide.areas) for area in known)


def _hours_cover(wide: Rule, narrow: Rule) -> bool:
    if wide.hours is None:
        return True
    if narrow.hours is None:
        return False
    return all(wide.hours.holds(minute) for minute in range(MINUTES_PER_DAY) if narrow.hours.holds(minute))
