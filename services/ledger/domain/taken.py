"""A case in hand: the working copy of one transaction, which remembers what changed and what was stated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.contracts.events import (
    Actor,
    CaseDispatched,
    CaseReturned,
    ClockSnapshot,
    Event,
    NoticeIssued,
)
from services.contracts.events.progress import State, What
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.roll import OnDuty
from services.ledger.domain.state import (
    CENTER,
    AssignmentRow,
    CallRow,
    CaseDocument,
    CaseRow,
    ClockRow,
    StepRow,
    WhistleRow,
)
from services.ledger.domain.stating import progressed, snapshot

Row = AssignmentRow | ClockRow | WhistleRow | CallRow

SYSTEM = Actor(unit=CENTER, role="system")
"""Time and the ledger itself act in the command center's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A fact to be stored and sent."""

    version: int
    event: Event


@dataclass(slots=True)
class TakenCase:
    """The rows of one locked case; `state` adds a fact and a version, the touched rows are written back together."""

    document: CaseDocument
    epoch: int
    facts: list[Stated] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    touched: dict[int, Row] = field(default_factory=dict)
    followups_applied: dict[UUID, int] = field(default_factory=dict)
    decision_changed: bool = False
    found_units: list[str] = field(default_factory=list)
    on_duty: Mapping[str, OnDuty] = field(default_factory=dict)
    """Whom a whistle would call now, by unit; filled in when one may be blown."""
    reds: dict[str, int] = field(default_factory=dict)
    """Red steps this month of units that may draw one now, shared by the cases of a transaction (domain §6.4)."""
    notices: list[NoticeIssued] = field(default_factory=list)
    _snapshots: dict[tuple[int, int], ClockSnapshot] = field(default_factory=dict)
    """Of clocks that have not changed since: each fact shows all clocks, and few of them move."""

    def __post_init__(self) -> None:
        self.document.case.found_version = self.document.case.version
        self.found_units = list(self.document.case.units)

    @property
    def case(self) -> CaseRow:
        return self.document.case

    @property
    def decision(self) -> CaseDispatched:
        return self.document.decision

    @property
    def clocks(self) -> list[ClockRow]:
        return self.document.clocks

    def running(self, kind: str, unit: str | None = None) -> Iterator[ClockRow]:
        """Clocks of `kind` that have not stopped, of one unit or of all."""
        return (
            clock
            for clock in self.document.clocks
            if clock.kind == kind and clock.stopped_at is None and unit in (None, clock.unit)
        )

    def assignment(self, unit: str) -> AssignmentRow | None:
        """The open assignment of `unit`, as department or as the branch office that handles it."""
        for assignment in self.open_assignments():
            if unit in (assignment.unit, assignment.handling_unit):
                return assignment
        return None

    def open_assignments(self) -> list[AssignmentRow]:
        return [assignment for assignment in self.document.assignments if assignment.ended_at is None]

    def lead_assignment(self) -> AssignmentRow:
        """The lead's open assignment; there is always exactly one while the case is open."""
        return next(assignment for assignment in self.open_assignments() if assignment.role == "lead")

    def open_whistle(self) -> WhistleRow | None:
        return next((whistle for whistle in self.document.whistles if whistle.closed_at is None), None)

    def call(self, number: int, unit: str) -> CallRow | None:
        calls = self.document.calls
        return next((call for call in calls if call.number == number and call.unit == unit), None)

    def touch(self, row: Row) -> None:
        """Remember that `row` changed."""
        self.touched[id(row)] = row
        self._snapshots.pop((id(row), self.case.reference_version), None)

    def add(self, row: Row) -> None:
        """Add a new row to the case."""
        match row:
            case AssignmentRow():
                self.document.assignments.append(row)
            case ClockRow():
                self.document.clocks.append(row)
            case WhistleRow():
                self.document.whistles.append(row)
            case CallRow():
                self.document.calls.append(row)
        self.touch(row)

    @property
    def proposals(self) -> list[ProposalRow]:
        return self.document.case.proposals or []

    def keep(self, proposal: ProposalRow) -> None:
        """Remember that a proposal is new or was decided."""
        if proposal not in self.proposals:
            self.document.case.proposals = [*self.proposals, proposal]

    def move_to(self, state: State) -> None:
        """Change the state; only this moves the revision that If-Match is compared with."""
        self.case.state = state
        self.case.revision += 1

    def state_fact(self, what: What, actor: Actor, now: datetime) -> int:
        """State `what` as the case's next version, with a snapshot of where the case stands; return the version."""
        case = self.case
        case.version += 1
        case.changed_at = now
        self.facts.append(
            Stated(version=case.version, event=progressed(self.document, what, actor, self.epoch, self._clocks()))
        )
        return case.version

    def _clocks(self) -> tuple[ClockSnapshot, ...]:
        known, version = self._snapshots, self.case.reference_version
        for clock in self.document.clocks:
            if (id(clock), version) not in known:
                known[id(clock), version] = snapshot(clock, version)
        return tuple(known[id(clock), version] for clock in self.document.clocks)

    def ask_router(self, event: CaseReturned) -> None:
        """State beside the last version that the router is asked for another attempt."""
        self.facts.append(Stated(version=self.case.version, event=event))
