"""Which of several matching rules is best: the most specific, then priority, then principle, then order.

All of it is known before any report, so rules are sorted once and the best match is the first.
"""

from collections.abc import Mapping

from services.reference.deciding.organisation import Organisation
from services.reference.model.catalogue import Item
from services.reference.model.organisation import GRASSROOTS, PATH_MAX
from services.reference.model.rules import Rule

IMPLICIT_PRIORITY = -1_000_000
"""Of the rule that every item has by itself; any rule of the sheet that is as specific comes before it."""

Rank = tuple[tuple[int, ...], int, int, int, str]


def rank_of(rule: Rule, organisation: Organisation, items: Mapping[str, Item]) -> Rank:
    """Return the sort key of a rule; the best rule has the smallest."""
    specific = tuple(-degree for degree in specificity_of(rule, organisation))
    return specific, -rule.priority, 0 if _fits_principle(rule, organisation, items) else 1, rule.order, rule.id


def specificity_of(rule: Rule, organisation: Organisation) -> tuple[int, ...]:
    """Return how specific a rule is, compared from the left.

    A named item beats words in a text, two groups of words beat one, and a small area beats a large one.
    """
    return (
        len(rule.items) > 0,
        (len(rule.keywords) > 0) + (len(rule.with_keywords) > 0),
        _area_degree(rule, organisation),
        rule.hours is not None,
        len(rule.channels) > 0,
        rule.kind is not None,
    )


def _area_degree(rule: Rule, organisation: Organisation) -> int:
    """Return the depth of the largest area named; the district, or none, is 0."""
    known = [area for area in rule.areas if area in organisation.units]
    return min((len(organisation.path(area)) - 1 for area in known), default=PATH_MAX if rule.areas else 0)


def _fits_principle(rule: Rule, organisation: Organisation, items: Mapping[str, Item]) -> bool:
    """Components go to their owner first, incidents to their territory first (X-19, domain §3.2)."""
    item = items.get(rule.item) if rule.item else None
    kind = item.kind if item else rule.kind
    lead = rule.lead or (item.lead if item else "")
    if kind is None:
        return False
    return _is_territory(lead, organisation) == (kind == "incident")


def _is_territory(lead: str, organisation: Organisation) -> bool:
    unit = organisation.units.get(lead)
    return (unit.kind if unit else lead) in GRASSROOTS


def implicit_rule(item: Item) -> Rule:
    """Return the rule that an item of the catalogue is by itself: a reporter who names it gets it."""
    return Rule(id=f"item:{item.code}", items=(item.code,), item=item.code, priority=IMPLICIT_PRIORITY)
