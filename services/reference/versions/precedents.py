"""Objections that held become precedents, and precedents propose a change of the catalogue (S1-05). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from services.reference.model.catalogue import Item
from services.reference.model.version import ReferenceVersion
from services.reference.versions.diff import Change, changed_entry

NUMBERS_MAX: Final = 12
"""Cases named in the reason of a draft; how many there are stands beside them."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A case that its first lead passed on, and that another unit took on."""

    number: str
    item: str
    passed_on_by: str
    taken_on_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposal:
    """An item whose lead precedents say is another one."""

    item: str
    lead: str
    """Who leads by the catalogue."""
    proposed: str
    precedents: tuple[str, ...]
    """Numbers of the cases, in their order."""
    changes: tuple[Change, ...]
    """What a version with this change has that the one in force has not."""

    @property
    def reason(self) -> str:
        """Return what the draft gives as its reason."""
        named = ", ".join(self.precedents[:NUMBERS_MAX])
        return f"{self.item}: {self.lead} → {self.proposed} ({len(self.precedents)}: {named})"


def proposals_of(precedents: Iterable[Precedent], version: ReferenceVersion) -> tuple[RuleProposal, ...]:
    """Return what the precedents propose, most of them first; what the catalogue says already is proposed no more."""
    items = {item.code: item for item in version.catalogue}
    units = {unit.id for unit in version.organisation}
    found: dict[tuple[str, str], list[str]] = {}
    for one in precedents:
        item = items.get(one.item)
        if item is not None and item.lead == one.passed_on_by and one.taken_on_by in units - {item.lead}:
            found.setdefault((one.item, one.taken_on_by), []).append(one.number)
    proposed = [_proposal(items[code], lead, sorted(numbers)) for (code, lead), numbers in found.items()]
    return tuple(sorted(proposed, key=lambda one: (-len(one.precedents), one.item, one.proposed)))


def with_lead(version: ReferenceVersion, code: str, lead: str) -> ReferenceVersion:
    """Return the version in which another unit leads an item; whoever leads does not cooperate too."""
    return replace(
        version, catalogue=tuple(_led(item, lead) if item.code == code else item for item in version.catalogue)
    )


def _proposal(item: Item, lead: str, numbers: Sequence[str]) -> RuleProposal:
    return RuleProposal(
        item=item.code,
        lead=item.lead,
        proposed=lead,
        precedents=tuple(numbers),
        changes=tuple(changed_entry("catalogue", item.code, item, _led(item, lead))),
    )


def _led(item: Item, lead: str) -> Item:
    cooperating = tuple(unit for unit in item.cooperating if unit != lead)
    return replace(item, lead=lead, cooperating=cooperating, duty_of=None if item.duty_of == lead else item.duty_of)
