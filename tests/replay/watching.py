"""The city's reactions, watched: each plan with the due date it keeps or breaks, and nothing lies about forgotten."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.city.plans import Planned
from deploy.demo.city.reactions import A_MOMENT, Reactions
from services.contracts.events import CaseProgressed
from services.contracts.events.progress import ClockKind
from services.ledger.domain.acts import Act, DeliverPart, Dispatch, Handle, Return, SignIn, Verify
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import ReportIn
from tests.replay.stories import Story
from tests.replay.windows import Windows, last_moment

FORGOTTEN: Final = timedelta(days=5)
LOOKED_EVERY: Final = timedelta(days=1)
UNDER_WAY: Final = frozenset(
    {"consulting", "dispatched", "return_requested", "in_progress", "handled", "rework", "reopened"}
)
STOPS: Final[dict[type, ClockKind]] = {
    SignIn: "sign_in", Return: "sign_in", Handle: "handling", DeliverPart: "handling", Verify: "verification",
    ReportIn: "report_in", Dispatch: "dispatch",
}  # fmt: skip
ON_THE_WAY: Final = (SignIn, Return, Handle, Dispatch)
"""What others wait for before the case can close: it is not put off to the promise's last moment."""


@dataclass(slots=True, kw_only=True)
class Watched(Reactions):
    """Everybody is as late as the seed draws them, and not because a limit of their own is longer than the whole."""

    windows: Windows
    left_open: frozenset[int]
    closed: int = 0
    stories: dict[int, Story] = field(default_factory=lambda: defaultdict(Story))
    _last: dict[int, CaseProgressed] = field(default_factory=dict)
    """The last fact of each case that is not closed."""
    _looked_at: datetime | None = None

    def on(self, event: CaseProgressed, serial: int) -> None:
        """Let the city react, and note where the case stands."""
        self._last[serial] = event
        story = self.stories[serial]
        was_closed = story.closed_at is not None
        story.goes_on(event)
        self.closed += (story.closed_at is not None) - was_closed
        Reactions.on(self, event, serial)
        if story.closed_at is not None:
            del self._last[serial]

    def look_again(self, now: datetime) -> None:
        """Once a day: where nobody means to do anything any more, the present lead goes on.

        Whoever plans by a fact may be overtaken: the case got another lead meanwhile.
        """
        if self._looked_at is not None and now - self._looked_at < LOOKED_EVERY:
            return
        self._looked_at = now
        for serial, event in list(self._last.items()):
            forgotten = now - event.at >= FORGOTTEN and not self.windows.waits_for_somebody(serial)
            if forgotten and serial not in self.left_open and event.state in UNDER_WAY:
                self._go_on(event, serial, now)

    def _go_on(self, event: CaseProgressed, serial: int, now: datetime) -> None:
        match event.state:
            case "handled":
                self._on_handled(event, serial)
            case "consulting":
                self._plan_dispatch(event, serial)
            case _ if event.lead == CENTER:
                self._plan_dispatch(event, serial)
            case _:
                self._plan(serial, now, event.lead, SignIn())
                self._plan_handling(serial, now + A_MOMENT, event)

    def _plan_lead(self, event: CaseProgressed, serial: int) -> None:
        limits = self._limits[serial]
        work = self.behaviour.lead(serial, event.lead, event.attempt)
        signing, handling = self._share_of(limits.sign_in, event.at), self._share_of(limits.handling, event.at)

        def in_its_share(share: float) -> datetime:
            return signing(share) if share > 1 else min(signing(share), handling(share))

        if work.returns is not None:
            refusal = Return(reason=work.returns.reason, suggested=work.returns.suggested)
            self._plan(serial, in_its_share(work.returns.after), event.lead, refusal)
            return
        if work.signs_in is None:
            return
        signed_in_at = in_its_share(work.signs_in)
        self._plan(serial, signed_in_at, event.lead, SignIn())
        if work.handles is not None:
            due_at = handling(1.0)
            then = signed_in_at + (min(A_MOMENT, (due_at - signed_in_at) / 2) if signed_in_at < due_at else A_MOMENT)
            self._plan_handling(serial, max(handling(work.handles), then), event)

    def _verified_at(self, event: CaseProgressed, serial: int, share: float) -> datetime:
        """A verifier looks at what comes first: the own limit, or the promise where it can still be kept."""
        at = Reactions._verified_at(self, event, serial, share)
        promise = next((clock.due_at for clock in event.clocks if clock.kind == "promise"), event.at)
        return min(at, event.at + (promise - event.at) * share) if promise > event.at else at

    def _plan(self, serial: int, at: datetime, unit: str, act: Act, roles: tuple[str, ...] = ()) -> None:
        self._turns[serial] += 1
        turn = self._turns[serial]
        planned = Planned(at=at, serial=serial, turn=turn, door="act", unit=unit, roles=roles, act=act)
        self.windows.add(planned, self._kept_by(planned, act))

    def _kept_by(self, planned: Planned, act: Act) -> datetime | None:
        """Return until when the act still keeps every due date that it keeps at the planned instant."""
        ends = []
        for clock in self._last[planned.serial].clocks:
            if clock.stopped_at is not None or clock.due_at < planned.at:
                continue
            if clock.kind == "promise":
                halfway = planned.at + (clock.due_at - planned.at) / 2
                ends.append(halfway if isinstance(act, ON_THE_WAY) else last_moment(planned.at, clock.due_at))
            elif clock.kind == STOPS.get(type(act)) and clock.unit in ("", planned.unit):
                ends.append(last_moment(planned.at, clock.due_at))
        return min(ends, default=None)
