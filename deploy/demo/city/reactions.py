"""How the city reacts to what happens to a case: each fact makes somebody plan something."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.behaviour import People as Behaviour
from deploy.demo.city.plans import Planned, Plans
from deploy.demo.departments import LANE_UNITS
from deploy.demo.draws import Draws
from deploy.demo.replies import DISPATCH_REASONS, POINTS_AT
from services.contracts.events import CaseProgressed, Limits
from services.contracts.events.progress import (
    Closed,
    Dispatched,
    Handled,
    Opened,
    ReportedIn,
    ReworkOrdered,
    StepTaken,
    Whistle,
    WhistleBlown,
)
from services.ledger.domain.acts import Act, DeliverPart, Dispatch, Handle, Return, SignIn, Verify
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import ReportIn
from services.reference.model.policies import Policies
from services.worktime.arithmetic import fraction_instant
from services.worktime.calendar import Calendar

A_MOMENT: Final = timedelta(minutes=10)
VERIFIERS: Final = ("subdistrict_coordinator", "subdistrict_officer", "center_operator", "inspector")


@dataclass(slots=True, kw_only=True)
class Reactions:
    """Plans of everybody who deals with cases."""

    behaviour: Behaviour
    calendar: Calendar
    policies: Policies
    plans: Plans
    _turns: Counter[int] = field(default_factory=Counter)
    _limits: dict[int, Limits] = field(default_factory=dict)
    _handles_at: dict[int, datetime] = field(default_factory=dict)
    _handled: Counter[int] = field(default_factory=Counter)
    _closed: Counter[int] = field(default_factory=Counter)

    def on(self, event: CaseProgressed, serial: int) -> None:
        """Let the city react to one fact of the report's case."""
        match event.what:
            case Opened(limits=limits) | Dispatched(limits=limits):
                self._limits[serial] = limits
                self._on_decision(event, serial)
            case StepTaken(whistle=Whistle() as whistle) | WhistleBlown(whistle=whistle):
                self._on_whistle(whistle, event, serial)
            case StepTaken(supervision=order) if order is not None:
                self._push(event, serial)
            case ReportedIn(unit=unit) if unit == event.lead:
                self._push(event, serial)
            case Handled():
                self._on_handled(event, serial)
            case ReworkOrdered(round=round_):
                self._on_rework(event, serial, round_)
            case Closed():
                self._on_closed(event, serial)
            case _:
                pass

    def _on_decision(self, event: CaseProgressed, serial: int) -> None:
        limits = self._limits[serial]
        handling = self._share_of(limits.handling, event.at)
        for unit in event.cooperating:
            part = self.behaviour.part(serial, unit, event.attempt)
            self._plan(serial, handling(part.delivers), unit, DeliverPart(measure=part.measure))
        if event.state == "consulting":
            self._plan_dispatch(event, serial)
            return
        self._plan_lead(event, serial)

    def _plan_lead(self, event: CaseProgressed, serial: int) -> None:
        """Plan what the lead does with the case, each part in its share of its own limit."""
        limits = self._limits[serial]
        work = self.behaviour.lead(serial, event.lead, event.attempt)
        signing = self._share_of(limits.sign_in, event.at)
        handling = self._share_of(limits.handling, event.at)
        if work.returns is not None:
            refusal = Return(reason=work.returns.reason, suggested=work.returns.suggested)
            self._plan(serial, signing(work.returns.after), event.lead, refusal)
            return
        if work.signs_in is None:
            return
        signed_in_at = signing(work.signs_in)
        self._plan(serial, signed_in_at, event.lead, SignIn())
        if work.handles is not None:
            self._plan_handling(serial, max(handling(work.handles), signed_in_at + A_MOMENT), event)

    def _plan_dispatch(self, event: CaseProgressed, serial: int) -> None:
        draws = Draws(self.behaviour.seed, "dispatch", serial, event.attempt)
        receiving = sorted(POINTS_AT) if event.lane == "ordinary" else [*LANE_UNITS[event.lane]]
        choices = [unit for unit in receiving if unit not in event.barred_units] or [CENTER]
        lead, reason = draws.pick(choices), draws.pick(DISPATCH_REASONS)
        at = self._share_of(self._limits[serial].sign_in, event.at)(draws.between(0.1, 0.7))
        self._plan(serial, at, CENTER, Dispatch(lead=lead, reason=reason), ("center_operator",))

    def _plan_handling(self, serial: int, at: datetime, event: CaseProgressed) -> None:
        reply = self.behaviour.lead(serial, event.lead, event.attempt).reply
        answer = Handle(
            accepted_when=reply.accepted_when,
            talked_with=reply.talked_with,
            measure=reply.measure,
            done_by=reply.done_by,
        )
        self._handles_at[serial] = at
        self._plan(serial, at, event.lead, answer)

    def _on_whistle(self, whistle: Whistle, event: CaseProgressed, serial: int) -> None:
        within = self._share_of(self.policies.whistle.report_in[whistle.kind], event.at)
        for called in whistle.called:
            arrival = self.behaviour.arrival(serial, called.unit, whistle.number)
            if arrival.after is not None:
                self._plan(serial, within(arrival.after), called.unit, ReportIn(place=arrival.place))

    def _push(self, event: CaseProgressed, serial: int) -> None:
        """Whoever reported in, or has been ordered to, gets to work at last, or not even then."""
        work = self.behaviour.lead(serial, event.lead, event.attempt)
        if work.handles_once_pushed is None or event.state in ("handled", "closed"):
            return
        at = self._share_of(self._limits[serial].handling, event.at)(work.handles_once_pushed)
        if at < self._handles_at.get(serial, datetime.max.replace(tzinfo=at.tzinfo)):
            self._plan(serial, event.at + A_MOMENT, event.lead, SignIn())
            self._plan_handling(serial, max(at, event.at + 2 * A_MOMENT), event)

    def _on_handled(self, event: CaseProgressed, serial: int) -> None:
        self._handled[serial] += 1
        verdict = self.behaviour.verdict(serial, self._handled[serial])
        at = self._verified_at(event, serial, verdict.after)
        unit, roles = self._verifier(event)
        self._plan(serial, at, unit, Verify(done=verdict.done, note=verdict.note), roles)

    def _verified_at(self, event: CaseProgressed, serial: int, share: float) -> datetime:
        return self._share_of(self._limits[serial].verification, event.at)(share)

    @staticmethod
    def _verifier(event: CaseProgressed) -> tuple[str, tuple[str, ...]]:
        """Whoever judges a result did not make it: the street, the center, or a sensitive lane's inspector."""
        if event.lane != "ordinary" and event.lead != CENTER:
            return event.lead, ("inspector",)
        subdistrict = event.place.subdistrict
        return (
            (CENTER, ("center_operator", "center_leader"))
            if subdistrict in (None, event.lead)
            else (subdistrict, VERIFIERS)
        )

    def _on_rework(self, event: CaseProgressed, serial: int, round_: int) -> None:
        clock = next(c for c in event.clocks if c.kind == "handling" and c.unit == event.lead and c.stopped_at is None)
        draws = Draws(self.behaviour.seed, "rework", serial, round_)
        self._handles_at.pop(serial, None)
        self._plan_handling(serial, event.at + (clock.due_at - event.at) * draws.between(0.2, 0.9), event)

    def _on_closed(self, event: CaseProgressed, serial: int) -> None:
        self._closed[serial] += 1
        said = self.behaviour.opinion(serial, self._closed[serial])
        if said.rating is not None and event.reports and event.reports[0].has_contact:
            self._turns[serial] += 1
            at, turn = event.at + timedelta(hours=1), self._turns[serial]
            rating = Planned(at=at, serial=serial, turn=turn, door="rate", rating=said.rating, reason=said.reason)
            self.plans.add(rating)

    def _plan(self, serial: int, at: datetime, unit: str, act: Act, roles: tuple[str, ...] = ()) -> None:
        self._turns[serial] += 1
        turn = self._turns[serial]
        self.plans.add(Planned(at=at, serial=serial, turn=turn, door="act", unit=unit, roles=roles, act=act))

    def _share_of(self, limit: str, since: datetime) -> Callable[[float], datetime]:
        return lambda share: fraction_instant(since, limit_of(limit), share, self.calendar)
