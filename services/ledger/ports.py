"""What the handlers need: gates."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.contracts.events import CaseDispatched, ReportFollowedUp


class Opened(Protocol):
    """A case just opened, and whether a follow-up waited for it."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def followed_up(self) -> bool: ...


class Gate(Protocol):
    """One transaction in which cases are opened; publications wait outside."""

    async def open_once(self, decisions: Sequence[CaseDispatched]) -> Sequence[Opened]:
        """Open each case that is not yet open, with its assignments and clocks. Known cases are skipped."""
        ...

    async def open_repeats(self, decisions: Sequence[CaseDispatched]) -> Sequence[Opened]:
        """Open cases whose reporters say nothing new, each merged at once into the one that is open already (X-11).

        In the order in which they were reported: one may repeat another.
        """
        ...

    async def open_attempts(self, decisions: Sequence[CaseDispatched]) -> None:
        """Open awaited further attempts; record the others as superseded; a repeat changes nothing."""
        ...

    async def keep_followups(self, events: Sequence[ReportFollowedUp]) -> None:
        """Keep follow-ups, once, and apply them to cases that are open."""
        ...

    async def apply_followups(self, case_ids: Sequence[UUID]) -> None:
        """Apply the follow-ups that waited for these cases."""
        ...


class Ledger(Protocol):
    def gate(self) -> AbstractAsyncContextManager[Gate]: ...
