"""Which acts a page offers, in which order, and what their fields may be filled with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.desk.domain.case import CaseShown
from services.desk.domain.permitted import ACT_TYPES
from services.desk.pages.acting.fields import Field, fields_of
from services.desk.pages.naming import Names
from services.desk.queries.visitors import Visitor
from services.reference.model.organisation import Unit

FIRST: Final = ("sign_in", "report_in", "handle", "deliver_part", "verify", "joint_result", "dispatch", "decide")
"""What is usually expected stands on top; the rest follows in the order of the ledger's own declaration."""
DEPARTMENTS_ONLY: Final = frozenset({"called"})


@dataclass(frozen=True, slots=True)
class Offered:
    """One act with its form."""

    name: str
    fields: tuple[Field, ...]
    usual: bool

    @property
    def is_one_click(self) -> bool:
        return not self.fields


def offered(may: Sequence[str]) -> list[Offered]:
    """Return the acts a person may do, the usual ones first."""
    rank = {name: position for position, name in enumerate(FIRST)}
    ordered = sorted(may, key=lambda name: rank.get(name, len(FIRST)))
    return [Offered(name, fields_of(ACT_TYPES[name]), name in rank) for name in ordered]


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
        if field in DEPARTMENTS_ONLY or act == "evaluate":
            return self.names.departments()
        return self.names.receivers()

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

    def number(self, field: str) -> str:
        """Return a number filled in beforehand: the case's last whistle."""
        return str(self.case.whistles) if field == "number" and self.case.whistles else ""
