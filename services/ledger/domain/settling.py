"""Time is an act: owed steps take effect, each once, in the order they were owed (design §3)."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.events.progress import StepTaken
from services.contracts.events.whistles import Rise, Supervision, Whistle
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import climb, stop
from services.ledger.domain.competence import rise
from services.ledger.domain.ladder import limit_of, rung_of
from services.ledger.domain.life.pausing import resume_by_date
from services.ledger.domain.life.transition import WORKING
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.proposing import Proposing, propose
from services.ledger.domain.state import CENTER, ClockRow, StepRow
from services.ledger.domain.taken import SYSTEM, TakenCase
from services.ledger.domain.whistle.kinds import Blowing, blow, can_blow, whom_to_call
from services.reference.model.policies import RepeatedReds, Rung
from services.worktime.arithmetic import add

REDS = "reds"
"""Why an interview is proposed that no rung proposes: the unit's red steps of the month."""


def settle(case: TakenCase, now: datetime, city: City, until: datetime | None = None) -> int:
    """Make every step owed by `until`, if not given by `now`, effective at `now`, each as a version of its own.

    Returns how many. A step may start or stop clocks, so what is owed is looked up anew after each.
    """
    taken = 0
    while (clock := _owed_first(case, until or now)) is not None:
        take = _take_resumption if clock.kind == "resume" else _take_step
        take(case, clock, now, city)
        taken += 1
    return taken


def _owed_first(case: TakenCase, now: datetime) -> ClockRow | None:
    owed = [clock for clock in case.clocks if clock.next_at is not None and clock.next_at <= now]
    return min(owed, key=_order, default=None)


def _order(clock: ClockRow) -> tuple[datetime, str, str, int, str]:
    return (clock.next_at or clock.due_at, clock.kind, clock.unit, clock.cycle, clock.next_step or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a step sets in motion; nothing when it only marks."""

    marks_only: bool = False
    whistle: Whistle | None = None
    supervision: Supervision | None = None
    proposal: ProposalRow | None = None
    rise: Rise | None = None


def _take_step(case: TakenCase, clock: ClockRow, now: datetime, city: City) -> None:
    rung = rung_of(city.policies.ladders[clock.ladder], clock.next_step or "")
    owed_at = clock.next_at or now
    effect = _effect(case, clock, rung, now, city)
    problem_ticket = rung.problem_ticket and not effect.marks_only
    if clock.kind == "report_in":
        _mark_no_show(case, clock)
    case.case.problem_ticket = case.case.problem_ticket or problem_ticket
    climb(clock, case, city)
    what = StepTaken(
        clock=clock.kind,
        unit=clock.unit,
        cycle=clock.cycle,
        step=rung.step,
        owed_at=owed_at,
        card=rung.card,
        marks_only=effect.marks_only,
        whistle=effect.whistle,
        supervision=effect.supervision,
        proposal=None if effect.proposal is None else effect.proposal.kind,
        proposal_number=None if effect.proposal is None else effect.proposal.number,
        problem_ticket=problem_ticket,
        rise=effect.rise,
    )
    _state(case, what, now)


def _take_resumption(case: TakenCase, clock: ClockRow, now: datetime, city: City) -> None:
    """The only step of a `resume` clock: the date of a suspension has come, the case goes on (design §8)."""
    owed_at = clock.next_at or now
    what = StepTaken(clock=clock.kind, unit=clock.unit, cycle=clock.cycle, step="resume", owed_at=owed_at)
    stop(clock, case, now)
    _state(case, what, now)
    resume_by_date(case, now, city)


def _state(case: TakenCase, what: StepTaken, now: datetime) -> None:
    """State the step as a version of its own, and keep its row: the natural key makes a second one impossible."""
    version = case.state_fact(what, SYSTEM, now)
    case.steps.append(
        StepRow(
            case_id=case.case.case_id,
            kind=what.clock,
            unit=what.unit,
            cycle=what.cycle,
            step=what.step,
            owed_at=what.owed_at,
            effective_at=now,
            version=version,
        )
    )


def _effect(case: TakenCase, clock: ClockRow, rung: Rung, now: datetime, city: City) -> Effect:
    if _only_marks(case, clock, rung):
        return Effect(marks_only=True)
    whistle = _whistle(case, rung, now, city)
    # The subdistrict leads itself: it cannot call itself, the center supervises instead (design §8).
    stands_in = rung.whistle and whistle is None and _leads_itself(case)
    return Effect(
        whistle=whistle,
        supervision=supervise(case, now, city) if rung.supervision or stands_in else None,
        proposal=_propose(case, clock, rung, now, city),
        rise=_rise(case, now, city) if rung.step_up else None,
    )


def _only_marks(case: TakenCase, clock: ClockRow, rung: Rung) -> bool:
    """While a whistle is open the promise only marks; what stands still or is done does not climb (domain §6.4)."""
    if rung.step_up:
        return case.case.state not in WORKING
    return clock.kind == "promise" and case.case.whistle_open is not None


def _propose(case: TakenCase, clock: ClockRow, rung: Rung, now: datetime, city: City) -> ProposalRow | None:
    """Propose what the rung says, else what the unit's red steps of this month say together."""
    repeated = city.policies.repeated_reds
    is_full = repeated is not None and _draws_red(case, clock.unit, rung, repeated)
    if rung.proposal is not None:
        return propose(case, Proposing(kind=rung.proposal, unit=clock.unit or case.case.lead, because=rung.step), now)
    if repeated is not None and is_full:
        return propose(case, Proposing(kind=repeated.proposal, unit=clock.unit, because=REDS), now)
    return None


def _draws_red(case: TakenCase, unit: str, rung: Rung, repeated: RepeatedReds) -> bool:
    """Count the step if it is red; whether it makes the month's number full."""
    if rung.step not in repeated.steps or unit not in case.reds:
        return False
    case.reds[unit] += 1
    return case.reds[unit] == repeated.count


def _rise(case: TakenCase, now: datetime, city: City) -> Rise | None:
    try:
        return rise(case, "", now, city)
    except RefusedError:  # everybody above is accused: the case stays, the overdue ladder goes on
        return None


def _whistle(case: TakenCase, rung: Rung, now: datetime, city: City) -> Whistle | None:
    automatic = case.decision.whistle_automatic and city.policies.whistle.automatic
    if not (rung.whistle and automatic) or case.case.whistle_open is not None or not can_blow(case, city):
        return None
    kind = city.policies.whistle.kind_of[case.case.urgency]
    return blow(case, Blowing(kind=kind, called=whom_to_call(case, city)), now, city)


def _leads_itself(case: TakenCase) -> bool:
    return case.case.lead == case.case.subdistrict


def supervise(case: TakenCase, now: datetime, city: City) -> Supervision:
    """Open the district's supervision order, or join the open one: a case has at most one (design §8)."""
    row = case.case
    reply_by = add(now, limit_of(city.policies.supervision_reply), city.calendar)
    if row.supervision_open is not None:
        return Supervision(number=row.supervision_open, reply_by=reply_by, joined=True)
    row.supervisions += 1
    row.supervision_open = row.supervisions
    if CENTER not in row.units and row.lane == "ordinary":
        row.units.append(CENTER)
    return Supervision(number=row.supervisions, reply_by=reply_by)


def _mark_no_show(case: TakenCase, clock: ClockRow) -> None:
    call = case.call(clock.cycle, clock.unit)
    if call is not None and call.state == "called":
        call.state = "no_show"
        case.touch(call)
