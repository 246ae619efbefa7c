"""Who answers for a unit at an instant: whoever is on duty, else its head (S1-07)."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OnDuty:
    """One person; `head` when the roster names nobody and the head is called instead."""

    person: UUID
    head: bool = False
