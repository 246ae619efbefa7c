"""What the ledger needs of a reference version: time, limits, ladders, and who is a department."""

from dataclasses import dataclass, field

from services.reference.model.policies import Policies
from services.worktime.calendar import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One reference version as the ledger sees it."""

    number: int
    calendar: Calendar
    policies: Policies
    departments: frozenset[str] = field(repr=False)
    """Units a whistle can call: departments and companies, not the grassroots and not the center."""
    units: frozenset[str] = field(repr=False)

    def is_department(self, unit: str) -> bool:
        return unit in self.departments

    def knows(self, unit: str) -> bool:
        return unit in self.units
