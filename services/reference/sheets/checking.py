"""What one sheet alone cannot know: names that must exist elsewhere, and things that must be there once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar, get_args

from services.reference.model.catalogue import Item
from services.reference.model.duties import AssetOwner, PlaceRole
from services.reference.model.organisation import GRASSROOTS, Unit
from services.reference.model.rules import Rule
from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal

T = TypeVar("T")

ROLES: Final[frozenset[str]] = frozenset(get_args(PlaceRole))


@dataclass(frozen=True, slots=True)
class Known:
    """What the other sheets know."""

    units: Mapping[str, Unit]
    items: Mapping[str, Item]
    duties: frozenset[tuple[str, str]]
    powers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Who ever holds the power for an item that needs one."""

    def kind(self, name: str) -> str:
        """Return the kind of unit that a name means; a role is its own kind."""
        return self.units[name].kind if name in self.units else name

    def is_name(self, name: str) -> bool:
        return name in self.units or name in ROLES

    def is_grassroots(self, name: str) -> bool:
        return self.kind(name) in GRASSROOTS

    def path(self, unit_id: str) -> list[str]:
        """Return the ids from a unit upwards, also where the units are no tree yet."""
        path: list[str] = []
        current: str | None = unit_id
        while current is not None and current in self.units and current not in path:
            path.append(current)
            current = self.units[current].parent
        return path


def check_catalogue(entries: Sequence[Entry[Item]], known: Known) -> Iterator[Refusal]:
    """Yield what is wrong with the items' names and duties."""
    yield from twice("catalogue", "code", entries, lambda item: item.code)
    for entry in entries:
        item = entry.value
        for column, names in (("lead", (item.lead,)), ("cooperating", item.cooperating)):
            for name in names:
                if not known.is_name(name):
                    yield Refusal("catalogue", entry.row, column, f"{name!r} is no unit and no role")
        reason = _duty_fault(item, known)
        if reason:
            yield Refusal("catalogue", entry.row, "duty_of", reason)


def _duty_fault(item: Item, known: Known) -> str | None:
    if not known.is_grassroots(item.lead):
        return None if item.duty_of is None else "only for items that the grassroots lead"
    if item.duty_of is None:
        return "missing: whose duty is it where it was not taken over?"
    if item.duty_of not in known.units or known.is_grassroots(item.duty_of):
        return f"{item.duty_of!r} is no department"
    return None


def check_rules(entries: Sequence[Entry[Rule]], known: Known) -> Iterator[Refusal]:
    """Yield what is wrong with the rules' names, and every grassroots lead without its duty list (X-05)."""
    yield from twice("rules", "id", entries, lambda rule: rule.id)
    for entry in entries:
        rule = entry.value
        if rule.id.startswith("item:"):
            yield Refusal("rules", entry.row, "id", "the prefix `item:` is kept for the catalogue's own rules")
        for column, name in _unknown_names(rule, known):
            yield Refusal("rules", entry.row, column, f"{name!r} does not exist")
        for unit in _without_duty(rule, known):
            missing = f"{unit} has no approved admission for item {rule.item or '(none named)'}"
            reason = f"a department's duty never goes to the grassroots: {missing}"
            yield Refusal("rules", entry.row, "lead", reason, _sender(rule.item, known))
        yield from _powerless(entry, known)


def _sender(item_code: str | None, known: Known) -> str:
    """Return the department whose work a rule would send down; empty where the rule does not say."""
    item = known.items.get(item_code or "")
    return (item.duty_of or item.lead) if item else ""


def _powerless(entry: Entry[Rule], known: Known) -> Iterator[Refusal]:
    """Yield a rule that gives the grassroots an item whose power nobody there ever holds (S2-02)."""
    rule = entry.value
    if rule.lead is None or rule.item is None or not known.is_grassroots(rule.lead):
        return
    holders = known.powers.get(rule.item)
    if holders is not None and not holders & {rule.lead, known.kind(rule.lead)} and rule.lead in known.units:
        yield Refusal("rules", entry.row, "lead", f"{rule.lead} has no power for item {rule.item}")


def _unknown_names(rule: Rule, known: Known) -> Iterator[tuple[str, str]]:
    leads = (rule.lead,) if rule.lead else ()
    results = (rule.item,) if rule.item else ()
    yield from (("items", code) for code in rule.items if code not in known.items)
    yield from (("areas", area) for area in rule.areas if area not in known.units)
    yield from (("item", code) for code in results if code not in known.items)
    yield from (("lead", name) for name in leads if not known.is_name(name))
    yield from (("cooperating", name) for name in rule.cooperating if not known.is_name(name))


def _without_duty(rule: Rule, known: Known) -> list[str]:
    """Return the units that the rule would make lead a duty that they have not taken over."""
    if rule.lead is None or not known.is_grassroots(rule.lead):
        return []
    if rule.lead in known.units:
        targets = [rule.lead]
    else:
        targets = [unit.id for unit in known.units.values() if unit.kind == rule.lead and _in_areas(unit, rule, known)]
    return sorted(unit for unit in targets if (unit, rule.item or "") not in known.duties)


def _in_areas(unit: Unit, rule: Rule, known: Known) -> bool:
    if not rule.areas:
        return True
    below = any(area in known.path(unit.id) for area in rule.areas)
    return below or any(unit.id in known.path(area) for area in rule.areas)


def check_owners(entries: Sequence[Entry[AssetOwner]], known: Known) -> Iterator[Refusal]:
    """Yield owners, areas and items that do not exist, and two owners of the same thing."""
    yield from twice("asset_owners", "unit", entries, lambda owner: (owner.role, owner.area, owner.item))
    for entry in entries:
        owner = entry.value
        for column, name in (("area", owner.area), ("unit", owner.unit)):
            if name not in known.units:
                yield Refusal("asset_owners", entry.row, column, f"{name!r} is no unit")
        if owner.item is not None and owner.item not in known.items:
            yield Refusal("asset_owners", entry.row, "item", f"{owner.item!r} is not in the catalogue")


def twice(sheet: str, column: str, entries: Iterable[Entry[T]], key: Callable[[T], object]) -> Iterator[Refusal]:
    """Yield every row that says again what an earlier one said."""
    first: dict[object, int] = {}
    for entry in entries:
        earlier = first.setdefault(key(entry.value), entry.row)
        if earlier != entry.row:
            yield Refusal(sheet, entry.row, column, f"the same as row {earlier}")
