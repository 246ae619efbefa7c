"""What comes to the ledger over the bus: decisions of the router and what residents add; any of it may come again."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from services.contracts.events import CaseDispatched, CaseReturned, ReportFollowedUp
from services.contracts.events.dispatch import Limits, StagedLimit
from tests.builders import MONDAY_NOON, a_dispatched_case, a_report, an_id
from tests.wire.ledger.disorder import DEPARTMENTS, LEADS

NAMES: Final = ("case-0", "case-1", "case-2", "emergency")
FIRST_LEADS: Final = (("drainage", "D"), ("sub-01", "S"), ("municipal_works", "G"), ("sanitation", "D"))
IN_HOURS: Final = Limits(promise="3uh", sign_in="0.25uh", handling="2uh", verification="0.5uh", follow_up="1d")
STRAY: Final = 0.1
"""How often the router decides what nobody asked it."""
AT_ONCE_MAX: Final = 4
Event = CaseDispatched | ReportFollowedUp


STAGED: Final = Limits(
    promise="3wd", sign_in="4wh", handling="2wd", verification="1wd", follow_up="1wd",
    stages=(StagedLimit("制止", "4wh"), StagedLimit("清除", "2wd")),
)  # fmt: skip


def _decision(name: str, **said: Any) -> CaseDispatched:
    if name == "emergency":
        said |= {"urgency": "emergency", "limits": IN_HOURS}
    if name in {"case-0", "case-2"}:
        said |= {"limits": STAGED}
    return a_dispatched_case(name, report=a_report(name), **said)


@dataclass
class Bus:
    """Everything that was ever sent, first the router's decisions about the first reports."""

    sent: list[Event] = field(default_factory=list)
    answered: set[tuple[UUID, int]] = field(default_factory=set)
    """Attempts the router has decided; each once, for it is deterministic."""

    def __post_init__(self) -> None:
        for name, (lead, tier) in zip(NAMES, FIRST_LEADS, strict=True):
            others = tuple(unit for unit in DEPARTMENTS[1:3] if unit != lead)
            self.sent.append(_decision(name, lead=lead, cooperating=others, tier=tier, whistle_automatic=True))

    def some(self, draw: random.Random) -> list[Event]:
        """Return some of it, in any order, some of it twice."""
        return draw.choices(self.sent, k=draw.randint(1, AT_ONCE_MAX))

    def decide(self, asked: Iterable[CaseReturned], draw: random.Random) -> None:
        """Let the router answer what the ledger has asked it, and now and then what nobody asked."""
        for question in asked:
            self._answer(question.report.case_id, question.attempt, draw)
        if draw.random() < STRAY:
            self._answer(an_id(draw.choice(NAMES)), draw.randint(2, 9), draw)

    def _answer(self, case_id: UUID, attempt: int, draw: random.Random) -> None:
        if (case_id, attempt) in self.answered:
            return
        self.answered.add((case_id, attempt))
        name = next(name for name in NAMES if an_id(name) == case_id)
        self.sent.append(decided(name, attempt, draw.choice(LEADS)))

    def add_to_a_report(self, draw: random.Random) -> None:
        """Let a resident add something, perhaps before the case is open."""
        self.sent.append(added(draw.choice(NAMES), f"follow-up {len(self.sent)}"))


def decided(name: str, attempt: int, lead: str) -> CaseDispatched:
    """Return what the router decides of a further attempt, asked or not."""
    return _decision(name, attempt=attempt, lead=lead, cooperating=())


def added(name: str, event: str) -> ReportFollowedUp:
    """Return what a resident adds to their report."""
    report_id = an_id(name)
    return ReportFollowedUp(
        event_id=an_id(event), report_id=report_id, case_id=report_id, at=MONDAY_NOON, kind="facts", text="水更深了"
    )
