"""What the router needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.contracts.events import CaseDispatched
from services.reference.deciding.compile import CompiledReference


class References(Protocol):
    """The versions of what the city has decided. Waits while there is none; an outage is waited out."""

    async def at(self, accepted_at: datetime) -> CompiledReference:
        """Return the version in force, by a copy read no earlier than 3 s before `accepted_at`."""
        ...

    async def version(self, number: int) -> CompiledReference:
        """Return a version by its number, or the one in force where that number does not exist (after a restore)."""
        ...


class Decisions(Protocol):
    """Where decisions are published."""

    async def publish(self, decisions: Sequence[CaseDispatched]) -> None:
        """Return when every decision is confirmed; safe to repeat."""
        ...
