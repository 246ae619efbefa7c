"""The command center names the lead by hand: what no rule covers, what was returned, what goes elsewhere."""

from collections.abc import Iterable

from services.contracts.events import Actor, CaseDispatched, Explanation
from services.contracts.events.progress import Dispatched
from services.ledger.domain.acts import Dispatch, RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.life.opening import hand_over
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.life.who import center
from services.ledger.domain.state import CENTER, CaseRow
from services.ledger.domain.taken import TakenCase


def _dispatch_by_hand(case: TakenCase, asked: Asked) -> None:
    act: Dispatch = asked.act
    row = case.case
    check_units(case, (act.lead, *act.cooperating), asked.city)
    if act.lead in act.cooperating:
        raise RefusedError("lead-cooperates", "the lead cannot also cooperate")
    old_lead = row.lead
    by_hand = decided_again(case, act.lead, _by_hand_because(act, asked.actor), cooperating=act.cooperating)
    hand_over(case, by_hand, asked.now, asked.city)
    row.designated = act.final or row.problem_ticket
    fact = Dispatched(
        old_lead=old_lead, because=by_hand.because, limits=by_hand.limits, by_hand=True, final=row.designated
    )
    case.state_fact(fact, asked.actor, asked.now)


def check_units(case: TakenCase, units: Iterable[str], city: City) -> None:
    """Refuse units that do not exist, are accused in the case (X-10), or have nobody in its sensitive lane (S4-04)."""
    row = case.case
    for unit in units:
        if not city.knows(unit):
            raise RefusedError("unknown-unit", f"there is no unit {unit}")
        if unit in row.barred_units:
            raise RefusedError("accused-unit", f"{unit} is accused in this case and cannot receive it")
        if unit not in (CENTER, row.lead) and not city.is_in_lane(unit, row.lane):
            raise RefusedError("outside-the-lane", f"nobody at {unit} would see this case")


def next_attempt(row: CaseRow) -> int:
    """Return the number of the next attempt: only the ledger allots them, and none twice (design §3)."""
    return max(row.attempt, row.attempt_awaited or 0, *row.superseded, 0) + 1


def decided_again(
    case: TakenCase,
    lead: str,
    because: Explanation,
    *,
    cooperating: Iterable[str] = (),
    attempt: int | None = None,
    consulting: bool = False,
) -> CaseDispatched:
    """Return the case's decision with another lead: the next attempt, unless one was allotted; its limits stay."""
    row, decision = case.case, case.decision
    return CaseDispatched(
        event_id=decision.event_id,
        attempt=next_attempt(row) if attempt is None else attempt,
        lead=lead,
        consulting=consulting,
        cooperating=tuple(unit for unit in cooperating if unit != lead),
        tier=decision.tier,
        urgency=decision.urgency,
        item=row.item,
        limits=decision.limits,
        whistle_automatic=decision.whistle_automatic,
        reference_version=row.reference_version,
        because=because,
        report=decision.report,
    )


def _by_hand_because(act: Dispatch, actor: Actor) -> Explanation:
    return Explanation(matched=(f"dispatched by hand by {actor.unit}",), notes=(act.reason,))


TRANSITIONS = (
    Transition(
        act=Dispatch,
        by=center,
        source=OPEN - {"handled"},
        to="dispatched",
        needs="a lead that exists and is not accused, a reason",
        fact="dispatched",
        do=_dispatch_by_hand,
    ),
)
