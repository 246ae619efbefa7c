"""Limits, ladders and whistles as policy data: what the city has decided about time (design §8, domain §6.4)."""

from typing import Final, Literal

import msgspec

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import Card, ClockKind, Step, WhistleKind
from services.contracts.events.report import Lane
from services.reference.model.appraising import AppraisalPolicy
from services.reference.model.duplicates import DuplicatePolicy
from services.reference.model.lexicon import LanePolicy
from services.reference.model.life import LifePolicy

DISPATCH: Final[dict[Urgency, str]] = {
    "emergency": "1uh", "sensitive": "1uh", "urgent": "2uh",
    "normal": "24uh", "complex": "24uh", "inquiry": "24uh", "statutory": "24uh",
}  # fmt: skip
"""Beijing DB11/T 2021: emergencies and stability 1 h, utilities 2 h, the rest 24 h."""
ADDED_LADDERS: Final[dict[ClockKind, str]] = {"dispatch": "urge", "stage": "urge"}
"""Ladders of clocks that versions published earlier do not name."""


class Fraction(msgspec.Struct, frozen=True, tag="fraction"):
    """The instant at which `share` of the clock's limit is used; 1.0 is the due date, 2.0 twice the limit."""

    share: float


class AfterDue(msgspec.Struct, frozen=True, tag="after_due"):
    """`limit` (a worktime limit such as `1wd`) after the due date."""

    limit: str


class DayEnd(msgspec.Struct, frozen=True, tag="day_end"):
    """Closing time of the working day on which the clock started; had it closed already, of the next (S4-01)."""


Moment = Fraction | AfterDue | DayEnd
Approval = Literal["before", "after"]
"""When the street's leader approves a whistle that somebody else wants to blow."""


class Rung(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a ladder. Of several moments the earliest counts; the rest says what the step sets in motion."""

    step: Step
    at: tuple[Moment, ...]
    card: Card | None = None
    whistle: bool = False
    """Blow the subdistrict's whistle, where the decision allows the clock to blow it."""
    supervision: bool = False
    """Open the district's supervision order, or join the open one."""
    proposal: Literal["bulletin", "interview", "express"] | None = None
    """An act of authority: proposed here, confirmed by a person."""
    problem_ticket: bool = False
    step_up: bool = False
    """Hand the case one step up the competence ladder."""


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """Steps in the order of their owed instants. A clock whose ladder has no rungs owes nothing."""

    name: str
    rungs: tuple[Rung, ...]


class StageLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits around handling, by urgency. `promise_factor` times the handling limit is the promise to the resident."""

    sign_in: str
    verification: str
    follow_up: str
    promise_factor: float
    of_handling_max: float | None = None
    """Signing in and verifying take at most this share of the handling limit; None: whatever stands above."""


class WhistlePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a called department must report in, by kind of whistle, and which kind the clock blows by urgency."""

    report_in: dict[WhistleKind, str]
    kind_of: dict[Urgency, WhistleKind]
    automatic: bool = True
    report_in_ongoing: dict[WhistleKind, str] = {}
    """Shorter limits while what the whistle is about is going on."""
    result_within: dict[WhistleKind, str] = {}
    """Until when the joint work has a result; a kind without a limit has no such clock."""
    approval: dict[WhistleKind, Approval] = msgspec.field(default_factory=lambda: {"emergency": "after"})
    """When the street's leader approves what an officer wants to blow; before, unless it says otherwise."""


class MajorMatters(msgspec.Struct, frozen=True, kw_only=True):
    """Matters that reach the district's leader at once, without waiting for a batch (X-15, petition rules Art. 25)."""

    items: frozenset[str] = frozenset()
    """Codes of the catalogue."""
    lanes: frozenset[Lane] = frozenset()


class RepeatedReds(msgspec.Struct, frozen=True, kw_only=True):
    """What follows when a unit draws so many red steps within a calendar month of the district (domain §6.4)."""

    steps: tuple[Step, ...] = ("supervision", "no_show")
    """Which steps count; of a clock that is red already the later ones are the same card."""
    count: int = 3
    proposal: Literal["bulletin", "interview", "express"] = "interview"
    """Proposed with the step that makes the number full, once a month; confirmed by a person."""


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about time that is configuration: which ladder each clock climbs, limits, whistles, orders."""

    stages: dict[Urgency, StageLimits]
    ladders: dict[str, Ladder]
    ladder_of: dict[ClockKind, str]
    emergency_ladder_of: dict[ClockKind, str] = {}
    """Overrides `ladder_of` for emergency items, whose steps are minutes and hours."""
    whistle: WhistlePolicy
    supervision_reply: str
    """Limit for the reply to a supervision order."""
    return_within: str = "2wd"
    """A department may return a case within this limit of its assignment (Shandong; X-04)."""
    return_attempts_max: int = 3
    """After this many departments the case is a problem ticket (Bayannur; X-04)."""
    rework_factor: float = 0.5
    rework_min: str = "1wd"
    rework_rounds_max: int = 3
    life: LifePolicy = LifePolicy()
    appraisal: AppraisalPolicy = AppraisalPolicy()
    day_mode: Literal["working_hours", "end_of_day"] = "working_hours"
    unclassified_limit: str = "5wd"
    """Handling limit of a report for which no item is known (the hotline's ordinary class, domain §2.2)."""
    tier_keeps: str = "1wd"
    """How long a grid may keep a case at most; its ladder usually passes it on sooner, at the day's end."""
    major: MajorMatters = MajorMatters()
    repeated_reds: RepeatedReds | None = None
    """None: nothing follows."""
    lane_items: dict[Lane, str] = {}
    """The catalogue item whose limits a report of a sensitive lane follows."""
    lanes: LanePolicy = LanePolicy()
    dispatch: dict[Urgency, str] = {}
    """Until when the command center dispatches what no rule decides (X-01); `DISPATCH` for those left out."""
    duplicates: DuplicatePolicy | None = None
    """Which reports are compared with earlier ones; none are without it."""

    def dispatch_limit(self, urgency: Urgency) -> str:
        """Return the limit for dispatching by hand."""
        return self.dispatch.get(urgency, DISPATCH[urgency])

    def ladder(self, clock: ClockKind, urgency: Urgency) -> Ladder:
        """Return the ladder that `clock` climbs for a case of `urgency`."""
        name = self.ladder_of.get(clock, ADDED_LADDERS.get(clock, "none"))
        if urgency == "emergency":
            name = self.emergency_ladder_of.get(clock, name)
        return self.ladders[name]
