"""Which acts a page offers, in which order, and what their fields may be filled with."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.chassis.pages.words import Language
from services.desk.domain.case import CaseShown
from services.desk.domain.permitted import ACT_TYPES
from services.desk.pages.acting.fields import Field, fields_of
from services.desk.pages.naming import Names
from services.desk.queries.visitors import Visitor
from services.reference.model.organisation import Unit

FIRST: Final = ("sign_in", "report_in", "handle", "deliver_part", "verify", "joint_result", "dispatch", "decide")
"""What is usually expected stands on top; the rest follows in the order of the ledger's own declaration."""
_LIMIT: Final = re.compile(r"([\d.]+)(uh|wh|wd|d)")
STREET: Final = ("subdistrict_officer", "subdistrict_coordinator")
STREET_FIRST: Final = ("whistle", "evaluate", "step_up")
DEPARTMENTS_ONLY: Final = frozenset({"called"})
BESIDE: Final = frozenset({"merge", "unmerge"})
"""Acts with a place of their own on the page."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One act with its form."""

    name: str
    fields: tuple[Field, ...]
    usual: bool
    open: bool = False

    @property
    def is_one_click(self) -> bool:
        return not self.fields


def offered(may: Sequence[str], visitor: Visitor, asked: str = "") -> list[Offered]:
    """Return the acts a person may do, the usual ones first; `asked` is the one the page's address names."""
    first = (*FIRST, *STREET_FIRST) if visitor.is_one_of(*STREET) else FIRST
    rank = {name: position for position, name in enumerate(dict.fromkeys((asked, *first)))}
    ordered = sorted((name for name in may if name not in BESIDE), key=lambda name: rank.get(name, len(rank)))
    return [Offered(name, fields_of(ACT_TYPES[name]), usual=name in rank, open=name == asked) for name in ordered]


@dataclass(frozen=True, slots=True)
class Choices:
    """Units that a form may name, for one case and one person."""

    names: Names
    case: CaseShown
    visitor: Visitor

    def units(self, field: str, act: str) -> Sequence[Unit]:
        """Return the units to choose from, by name."""
        if field == "branch":
            mine = {part.unit for part in self.case.assignments if part.mine and part.ended_at is None}
            return [branch for unit in sorted(mine) for branch in self.names.branches_of(unit)]
        if field == "ground":
            return self.names.grounds()
        if field in DEPARTMENTS_ONLY or act == "evaluate":
            return self.names.departments()
        return [unit for unit in self.names.receivers() if self._may_receive(unit)]

    def _may_receive(self, unit: Unit) -> bool:
        """A sensitive case goes to units of its lane, or to the center's people of that lane (S4-04)."""
        return self.case.lane == "ordinary" or self.case.lane in unit.lanes or unit.kind == "center"

    def proposed(self, field: str) -> Sequence[str]:
        """Return the units ticked or filled in beforehand."""
        if field in {"called", "cooperating"}:
            units = dict.fromkeys(
                (self.case.lead, *self.case.cooperating) if field == "called" else self.case.cooperating
            )
            return [
                unit for unit in units if field != "called" or self.names.kind_of(unit) in {"department", "company"}
            ]
        if field == "unit":
            return [part.unit for part in self.case.assignments if part.mine and part.ended_at is None][:1]
        return []

    def items(self, language: Language) -> Sequence[tuple[str, str]]:
        """Return every item's code and name."""
        return [(code, self.names.item(code, language)) for code in self.names.items()]

    def ground(self, act: str) -> str:
        """Return where the map of a form gets its ground: of the case's own street for its whistle, else of all."""
        within = self.case.place.subdistrict if act == "whistle" else None
        return f"/ground.json?v={self.names.latest().number}" + (f"&within={within}" if within else "")

    def at(self) -> str:
        """Return the case's own point, for a map to begin at."""
        place = self.case.place
        return "" if place.latitude is None else f"{place.latitude},{place.longitude}"

    def number(self, field: str) -> str:
        """Return a number filled in beforehand: the case's last whistle; 0, the whole case, where none was blown."""
        return str(self.case.whistles) if field == "number" else ""

    def said(self, act: str, field: str, choice: str, name: str, say: Callable[..., str]) -> str:
        """Return what a choice is called; of a whistle's kind also until when who is called must report in."""
        if (act, field) != ("whistle", "kind"):
            return name
        limits = {str(kind): limit for kind, limit in self.names.latest().policies.whistle.report_in.items()}
        limit = limits.get(choice)
        return name if limit is None else say("choice.limited", name=name, limit=limit_said(limit, say))


def limit_said(limit: str, say: Callable[..., str]) -> str:
    """Return a limit such as `4wh` in words; one that is written otherwise stays as it is."""
    found = _LIMIT.fullmatch(limit)
    if found is None:
        return limit
    if found[2] == "uh" and float(found[1]) < 1:
        return say("limit.m", n=round(float(found[1]) * 60))
    return say(f"limit.{found[2]}", n=found[1])
