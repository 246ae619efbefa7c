"""What the router decides, and what comes back to it."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from services.contracts.events.event import Event
from services.contracts.events.report import ReportFacts

Tier = Literal["G", "C", "S", "D"]
"""Lowest tier that may close: grid, community, subdistrict, district department."""
Urgency = Literal["emergency", "urgent", "normal", "complex", "inquiry", "sensitive", "statutory"]


class StagedLimit(msgspec.Struct, frozen=True):
    """One of several limits of one item, such as stop within 2d, demolish within 15wd."""

    name: str
    limit: str


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Time limits of a decision, each a `worktime` limit such as `4wh` or `2uh`."""

    promise: str
    """From acceptance to the answer; no return ever moves it."""
    sign_in: str
    handling: str
    verification: str
    follow_up: str
    stages: tuple[StagedLimit, ...] = ()
    """Limits on the way to `handling`, such as stop first, demolish later (X-20)."""
    statutory: bool = False
    """The law sets the handling limit: no local limit, no mode makes it another."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why this department: the rule that won and what it matched, in words a clerk reads."""

    rule: str | None = None
    """Id of the winning rule; none when no rule matched."""
    matched: tuple[str, ...] = ()
    """The conditions that held, such as `keyword 井盖` or `item 0101`."""
    beaten: tuple[str, ...] = ()
    """Ids of rules that matched too and were less specific; at most 5."""
    notes: tuple[str, ...] = ()
    """What could not be resolved, such as a cooperating role with nobody behind it."""


class CaseDispatched(Event, frozen=True, kw_only=True):
    """The router decided who is responsible. Deterministic: the same report and version give the same bytes."""

    TYPE: ClassVar[str] = "case.dispatched.v1"
    SOURCE: ClassVar[str] = "router"

    attempt: int
    """1 for the first decision; the ledger asks for each further one."""
    lead: str
    cooperating: tuple[str, ...] = ()
    consulting: bool = False
    """No rule decided: the command center leads until a person dispatches."""
    tier: Tier
    urgency: Urgency
    item: str | None = None
    limits: Limits
    whistle_automatic: bool = True
    """Policy: the street's whistle is blown by the clock, not only by hand."""
    reference_version: int
    because: Explanation
    barred: tuple[str, ...] = ()
    """The accused units with everything below them: none of these may ever see the case."""
    report: ReportFacts

    @property
    def key(self) -> UUID:
        return self.report.case_id

    @property
    def happened_at(self) -> datetime:
        return self.report.accepted_at


class CaseReturned(Event, frozen=True, kw_only=True):
    """A department returned a case; the ledger asks the router for the next attempt."""

    TYPE: ClassVar[str] = "case.returned.v1"
    SOURCE: ClassVar[str] = "ledger"

    at: datetime
    attempt: int
    """The attempt asked for."""
    reference_version: int
    """In force when it was returned; the router decides by it."""
    tried: tuple[str, ...]
    """Lead departments so far, in order."""
    reason: str
    suggested: str
    """The unit the returning department names."""
    item: str | None = None
    """As corrected, else as decided."""
    limits: Limits | None = None
    """Of the first decision: no return moves what was promised to the resident."""
    tier: Tier | None = None
    urgency: Urgency | None = None
    report: ReportFacts
    corrected: bool = False
    """Category or place were put right: the rules decide anew, by the right item's limits; the promise stays."""

    @property
    def key(self) -> UUID:
        return self.report.case_id

    @property
    def happened_at(self) -> datetime:
        return self.at
