"""How a case ends without a result of its own: refused, handed over, solved on the spot, terminated."""

from datetime import datetime
from typing import Final

from services.contracts.events.life import HandedOver, Rejected, ResolvedOnSpot, Terminated
from services.contracts.events.progress import ClockKind, Handled
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.clocks import start_clock, stop, stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import HandOver, Reject, ResolveOnSpot
from services.ledger.domain.life.asking import overtake
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.kinds import close_whistle
from services.worktime.calendar import SHANGHAI

UNTIL_SOLVED: Final[tuple[ClockKind, ...]] = ("dispatch", "sign_in", "handling", "tier")


def end_case(case: TakenCase, now: datetime) -> None:
    """Stop every clock, end every assignment, close whistle and supervision order. The state is the caller's."""
    row = case.case
    close_whistle(case, now)
    for clock in case.clocks:
        if clock.stopped_at is None:
            stop(clock, case, now)
    for part in case.open_assignments():
        part.state, part.ended_at = "ended", now
        case.touch(part)
    row.supervision_open, row.closed_at = None, now
    row.attempt_awaited = row.request = None


def terminate(case: TakenCase, asked: Asked, reason: str) -> None:
    """End the case without a result; the review has granted it."""
    end_case(case, asked.now)
    case.move_to("terminated")
    fact = Terminated(reason=reason, explanations=case.case.explanations)
    case.state_fact(fact, asked.actor, asked.now)


def _reject(case: TakenCase, asked: Asked) -> None:
    act: Reject = asked.act
    end_case(case, asked.now)
    # The explanation is the reporter's: it is what they read where others read the reply.
    case.case.answer = Handled(
        unit=asked.asker.unit, accepted_when="", talked_with="", measure=act.explanation, done_by=""
    )
    case.move_to("rejected")
    case.state_fact(Rejected(because=act.because, explanation=act.explanation), asked.actor, asked.now)


def _hand_over(case: TakenCase, asked: Asked) -> None:
    act: HandOver = asked.act
    end_case(case, asked.now)
    case.move_to("handed_over")
    case.state_fact(HandedOver(to=act.to, note=act.note), asked.actor, asked.now)


def _resolve_on_spot(case: TakenCase, asked: Asked) -> None:
    act: ResolveOnSpot = asked.act
    row = case.case
    if row.tier != "G":
        raise RefusedError("beyond-the-grid", f"an item of tier {row.tier} is not solved on the spot")
    overtake(case, asked)
    row.handler, row.handled_at = asked.asker.person_id, asked.now
    row.answer = _told(case, asked) if act.talked_with.strip() else row.answer
    for kind in UNTIL_SOLVED:
        stop_all(case, kind, asked.now)
    part = case.lead_assignment()
    part.state = "delivered"
    case.touch(part)
    if not any(case.running("verification")):
        start_clock(case, "verification", "", asked.city.policies.life.on_spot_check, asked.now, asked.city)
    case.move_to("resolved_on_spot")
    fact = ResolvedOnSpot(
        unit=asked.asker.unit, measure=act.measure, attachments=act.attachments, talked_with=act.talked_with
    )
    case.state_fact(fact, asked.actor, asked.now)


def _told(case: TakenCase, asked: Asked) -> Handled:
    """Return the four elements of the reply that was given on the spot."""
    act: ResolveOnSpot = asked.act
    return Handled(
        unit=asked.asker.unit,
        accepted_when=_here(case.case.accepted_at),
        talked_with=act.talked_with,
        measure=act.measure,
        done_by=_here(asked.now),
    )


def _here(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


TRANSITIONS = (
    Transition(
        act=Reject,
        by=who.center,
        source=frozenset({"consulting", "dispatched", "return_requested"}),
        to="rejected",
        needs="one of the six legal reasons, an explanation for the reporter",
        fact="rejected",
        do=_reject,
    ),
    Transition(
        act=HandOver,
        by=who.center_or_street,
        source=OPEN - {"handled"},
        to="handed_over",
        needs="which emergency service took it",
        fact="handed_over",
        do=_hand_over,
    ),
    Transition(
        act=ResolveOnSpot,
        by=who.on_the_spot,
        source=frozenset({"consulting", "dispatched", "in_progress", "resolved_on_spot"}),
        to="resolved_on_spot",
        needs="an item of grid tier, what was done; of a resident's matter also whom it was told",
        fact="resolved_on_spot",
        do=_resolve_on_spot,
    ),
)
