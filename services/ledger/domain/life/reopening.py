"""After the end: a case begins again, or is left out of the rates."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.events import Actor, Explanation
from services.contracts.events.life import (
    ExclusionAsked,
    ExclusionReviewed,
    Reopened,
    ReopeningReason,
)
from services.contracts.events.progress import Dispatched, State
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import start_clock, stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import AskExclusion, Reopen, ReviewExclusion
from services.ledger.domain.life.dispatching import check_units, decided_again
from services.ledger.domain.life.opening import hand_over
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.requests import Exclusion
from services.ledger.domain.taken import TakenCase

ENDED: frozenset[State] = frozenset({"closed", "rejected", "handed_over"})
SETTLED: frozenset[State] = frozenset({"closed", "archived"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Why an ended case begins again, by whom, and with which lead; without one with who led it before."""

    because: ReopeningReason
    reason: str
    actor: Actor
    lead: str | None = None


def _reopen(case: TakenCase, asked: Asked) -> None:
    act: Reopen = asked.act
    check_units(case, (act.lead or case.case.lead,), asked.city)
    again = Again(because=act.because, reason=act.reason, actor=asked.actor, lead=act.lead)
    begin_again(case, again, asked.now, asked.city)


def begin_again(case: TakenCase, beginning: Again, now: datetime, city: City) -> None:
    """Open an ended case once more: the next attempt, a new promise, new clocks."""
    row, decision, actor = case.case, case.decision, beginning.actor
    lead = beginning.lead or row.lead
    stop_all(case, "follow_up", now)
    row.closed_at = row.handled_at = row.handler = row.answer = None
    case.move_to("reopened")
    case.state_fact(Reopened(because=beginning.because, reason=beginning.reason), actor, now)
    why = Explanation(matched=(f"reopened by {actor.unit or actor.role}",), notes=(beginning.reason,))
    again = decided_again(case, lead, why, cooperating=row.cooperating)
    old_lead = row.lead
    start_clock(case, "promise", "", decision.limits.promise, now, city)
    hand_over(case, again, now, city)
    fact = Dispatched(old_lead=old_lead, because=again.because, limits=again.limits, by_hand=True)
    case.state_fact(fact, actor, now)


def _ask_exclusion(case: TakenCase, asked: Asked) -> None:
    act: AskExclusion = asked.act
    row = case.case
    if row.exclusion is not None:
        raise RefusedError("asked-already", "an exclusion can be asked for once")
    row.exclusion = Exclusion(
        because=act.because, reason=act.reason, unit=row.lead, person=asked.asker.person_id, at=asked.now
    )
    fact = ExclusionAsked(unit=row.lead, because=act.because, reason=act.reason)
    case.state_fact(fact, asked.actor, asked.now)


def _review_exclusion(case: TakenCase, asked: Asked) -> None:
    act: ReviewExclusion = asked.act
    row = case.case
    asks = row.exclusion
    if asks is None or asks.decided_at is not None:
        raise RefusedError("nothing-asked", "nothing waits for a decision")
    if act.granted:
        asks.approved_by.append(asked.asker.person_id)
        row.excluded = len(asks.approved_by) >= who.EXCLUDING_PERSONS
    if row.excluded or not act.granted:
        asks.decided_at = asked.now
    fact = ExclusionReviewed(granted=act.granted, reason=act.reason, excluded=row.excluded)
    case.state_fact(fact, asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=Reopen,
        by=who.house,
        source=ENDED,
        to="dispatched",
        needs="an unsatisfied reporter, new facts or an objection; a new limit begins",
        fact="reopened",
        do=_reopen,
    ),
    Transition(
        act=AskExclusion,
        by=who.led,
        source=SETTLED,
        needs="a reason of the public catalogue, once",
        fact="exclusion_asked",
        do=_ask_exclusion,
    ),
    Transition(
        act=ReviewExclusion,
        by=who.excluding,
        source=SETTLED,
        needs="two persons of the center, neither of whom asked",
        fact="exclusion_reviewed",
        do=_review_exclusion,
    ),
)
