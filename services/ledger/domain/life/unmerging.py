"""Two cases that were merged are two again: the later stands up with the due dates it always had (S4-03)."""

from datetime import datetime

from msgspec.structs import replace

from services.contracts.events import Actor, CaseDispatched, Explanation
from services.contracts.events.merging import ReportParted, Unmerged
from services.contracts.events.progress import Dispatched
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import reached
from services.ledger.domain.life.acts import Unmerge
from services.ledger.domain.life.dispatching import next_attempt
from services.ledger.domain.life.merging import other_of, promise_of, who_merges
from services.ledger.domain.life.opening import hand_over
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.state import ClockRow
from services.ledger.domain.taken import TakenCase


def _unmerge(case: TakenCase, asked: Asked) -> None:
    act: Unmerge = asked.act
    row, survivor = case.case, other_of(asked, act.survivor)
    if row.duplicate_of != survivor.case.case_id:
        raise RefusedError("not-merged", "the case is not merged into the one that was named")
    survivor.case.reports = [report for report in survivor.case.reports if report.report_id != row.case_id]
    parted = ReportParted(report_id=row.case_id, number=row.number)
    survivor.state_fact(parted, asked.actor, asked.now)
    row.duplicate_of = row.closed_at = None
    unmerged = Unmerged(survivor=survivor.case.case_id, number=survivor.case.number, reason=act.reason)
    case.state_fact(unmerged, asked.actor, asked.now)
    _stand_up(case, asked, act.reason)


def _stand_up(case: TakenCase, asked: Asked, reason: str) -> None:
    """Open the stored decision as the next attempt, with the due dates the case always had; what was owed is past."""
    row, now, city = case.case, asked.now, asked.city
    earlier = {clock.unit: clock for clock in case.clocks if clock.kind == "handling"}
    promise = promise_of(case)
    promise.stopped_at = None
    again = _again(case, asked.actor, reason)
    hand_over(case, again, now, city)
    for clock in [promise, *case.running("handling")]:
        if clock is not promise and clock.unit in earlier:
            _backdate(clock, earlier[clock.unit], case)
        _owe_what_comes(clock, case, now, city)
    fact = Dispatched(old_lead=row.lead, because=again.because, limits=again.limits, by_hand=True)
    case.state_fact(fact, asked.actor, now)


def _again(case: TakenCase, actor: Actor, reason: str) -> CaseDispatched:
    because = Explanation(matched=(f"taken apart by {actor.unit}",), notes=(reason,))
    return replace(case.decision, attempt=next_attempt(case.case), because=because)


def _backdate(clock: ClockRow, earlier: ClockRow, case: TakenCase) -> None:
    clock.started_at, clock.allowed, clock.due_at = earlier.started_at, earlier.allowed, earlier.due_at
    clock.adjusted, clock.usual, clock.counted_from = earlier.adjusted, earlier.usual, earlier.counted_from
    for part in case.open_assignments():
        if part.unit == clock.unit:
            part.due_at = clock.due_at
            case.touch(part)


def _owe_what_comes(clock: ClockRow, case: TakenCase, now: datetime, city: City) -> None:
    """Let the clock owe the first step that lies ahead."""
    owed = ((rung.step, reached(clock, rung, city)) for rung in city.policies.ladders[clock.ladder].rungs)
    clock.next_step, clock.next_at = next(((step, at) for step, at in owed if at > now), (None, None))
    case.touch(clock)


TRANSITIONS = (
    Transition(
        act=Unmerge,
        by=who_merges,
        source=frozenset({"merged"}),
        to="dispatched",
        needs="the case it was merged into, and a reason; the due dates are those it always had",
        fact="unmerged",
        do=_unmerge,
    ),
)
