"""A reference version -> everything a decision needs, looked up instead of searched. Done once per version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.contracts.events.report import Lane
from services.reference.deciding.accusing import names_of
from services.reference.deciding.lexicon import Lexicon
from services.reference.deciding.mandates import Mandates
from services.reference.deciding.match import RuleTable, fold
from services.reference.deciding.organisation import Organisation
from services.reference.deciding.ranking import implicit_rule, rank_of
from services.reference.deciding.reach import Reach, Reaches
from services.reference.deciding.terms import Terms, emergency_terms, terms_of, unclassified_terms
from services.reference.model.calendars import calendar_of
from services.reference.model.catalogue import Item
from services.reference.model.duties import OwnerRole
from services.reference.model.lexicon import Advised, RouteAdvice
from services.reference.model.policies import Policies
from services.reference.model.rules import Rule
from services.reference.model.version import ReferenceVersion
from services.worktime.calendar import SHANGHAI, Calendar

NO_UNIT: Final = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a rule: names as written, still to be filled in by the place."""

    rule: Rule
    lead: str
    cooperating: tuple[str, ...]
    item: Item | None
    terms: Terms | None
    """None when the rule names no item: then the reporter's item counts."""
    keywords: Mapping[str, str]
    """As written, by how they are compared."""
    with_keywords: Mapping[str, str]
    reach: Reach
    """How much of the place its names depend on."""


class Answer(NamedTuple):
    """Who an outcome means at one place, when nobody is complained about."""

    lead: str
    cooperating: tuple[str, ...]
    consulting: bool
    notes: tuple[str, ...]


AnswerKey = tuple[int, str | None, str | None, int]
"""Position of the rule, as much of the place as the rule's names depend on, item code, era of the mandates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledReference:
    """One version, ready to decide by."""

    number: int
    version: ReferenceVersion
    calendar: Calendar
    policies: Policies
    organisation: Organisation
    items: Mapping[str, Item]
    terms: Mapping[str, Terms]
    """By item code."""
    unclassified: Terms
    table: RuleTable
    outcomes: tuple[Outcome, ...]
    """In the order of the table's rules."""
    mandates: Mandates
    """What the grassroots may lead, and when."""
    owners: Mapping[tuple[OwnerRole, str, str | None], str]
    """Unit by (role, area, item)."""
    lexicon: Lexicon
    advice: Mapping[Advised, RouteAdvice]
    """What reporters are told, and who takes it, by special route."""
    route_terms: Mapping[Advised, Terms]
    """Of the routes whose unit has a limit of its own."""
    answers: dict[AnswerKey, Answer] = field(default_factory=dict, repr=False, compare=False)
    """Remembered, never decided upon: what is not here is found again, the same."""

    def lane_item(self, lane: Lane) -> Item | None:
        """Return the item whose limits a report of a sensitive lane follows."""
        return self.items.get(self.policies.lane_items.get(lane, ""))


def compile_version(version: ReferenceVersion) -> CompiledReference:
    """Return the version ready to decide by. The same version always decides the same.

    Raises:
        UnreadableLimitError, CalendarDataError: a version that the checks of `sheets` would have refused.
    """
    on = version.active_from.astimezone(SHANGHAI).date() if version.active_from else None
    organisation = Organisation(version.organisation, on)
    items = {item.code: item for item in version.catalogue}
    terms = {item.code: terms_of(item, version.policies) for item in version.catalogue}
    owners = {(owner.role, owner.area, owner.item): owner.unit for owner in version.asset_owners}
    rules = sorted(
        (*version.rules, *map(implicit_rule, version.catalogue)),
        key=lambda rule: rank_of(rule, organisation, items),
    )
    calendar = calendar_of(version.calendars, version.policies.day_mode)
    reaches = Reaches(organisation, owners)
    return CompiledReference(
        number=version.number,
        version=version,
        calendar=calendar,
        policies=version.policies,
        organisation=organisation,
        items=items,
        terms=terms,
        unclassified=unclassified_terms(version.policies),
        table=RuleTable(rules, organisation, calendar.zone),
        outcomes=tuple(_outcome(rule, items, terms, reaches) for rule in rules),
        mandates=Mandates(version, organisation, calendar.zone),
        owners=owners,
        lexicon=Lexicon(version.lexicon, version.sounds, names_of(organisation.units.values())),
        advice={advice.route: advice for advice in version.special_routes},
        route_terms={
            advice.route: emergency_terms(advice.limit, version.policies)
            for advice in version.special_routes
            if advice.limit is not None
        },
    )


def _outcome(rule: Rule, items: Mapping[str, Item], terms: Mapping[str, Terms], reaches: Reaches) -> Outcome:
    item = items.get(rule.item) if rule.item else None
    lead, cooperating = rule.lead, rule.cooperating
    if lead is None:
        lead, cooperating = (item.lead, item.cooperating) if item else (NO_UNIT, ())
    return Outcome(
        rule=rule,
        lead=lead,
        cooperating=cooperating,
        item=item,
        terms=terms[item.code] if item else None,
        keywords={fold(word): word for word in rule.keywords},
        with_keywords={fold(word): word for word in rule.with_keywords},
        reach=reaches.of((lead, *cooperating)),
    )
