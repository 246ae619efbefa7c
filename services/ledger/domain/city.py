"""What the ledger needs of a reference version: time, limits, ladders, and who is a department."""

from typing import Protocol

from services.reference.model.policies import Policies
from services.worktime.calendar import Calendar


class City(Protocol):
    """One reference version as the ledger sees it; `CompiledReference` is one."""

    @property
    def number(self) -> int: ...
    @property
    def calendar(self) -> Calendar: ...
    @property
    def policies(self) -> Policies: ...
    def is_department(self, unit: str) -> bool:
        """Whether `unit` is a department or company that a whistle can call."""
        ...

    def knows(self, unit: str) -> bool:
        """Whether `unit` exists in this version."""
        ...
