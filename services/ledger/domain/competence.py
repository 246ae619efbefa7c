"""The competence ladder (提级): grid 3 → 2 → 1 → subdistrict → command center → leader, one step at a time (S4-01)."""

from datetime import datetime

from services.contracts.events import Explanation
from services.contracts.events.whistles import Rise, SteppedUp
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.dispatching import decided_again
from services.ledger.domain.life.opening import hand_over
from services.ledger.domain.life.transition import WORKING, Asked, Transition
from services.ledger.domain.proposing import Proposing, propose
from services.ledger.domain.state import CENTER
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.tiers import above
from services.ledger.domain.whistle.acts import StepUp
from services.reference.model.organisation import PATH_MAX


def next_lead(case: TakenCase, city: City) -> str:
    """Return who gets the case next; an accused unit is passed over, as no other is (X-10).

    Raises:
        RefusedError: everybody above is accused.
    """
    unit = case.case.lead
    for _ in range(PATH_MAX):
        unit = above(unit, city)
        if unit not in case.case.barred_units:
            return unit
        if unit == CENTER:
            break
    raise RefusedError("accused-unit", "everybody above is accused in this case")


def rise(case: TakenCase, because: str, now: datetime, city: City) -> Rise:
    """Hand the case one step up. Whoever had it still sees it, and the promise to the resident is not touched."""
    row = case.case
    old_lead, saw = row.lead, row.units
    lead = next_lead(case, city)
    stop_all(case, "tier", now)
    why = Explanation(matched=(f"one step up from {old_lead}",), notes=(because,) if because else ())
    hand_over(case, decided_again(case, lead, why, cooperating=row.cooperating), now, city)
    row.units = [*dict.fromkeys((*row.units, *saw))]
    return Rise(old_lead=old_lead, lead=row.lead)


def _step_up(case: TakenCase, asked: Asked) -> None:
    act: StepUp = asked.act
    if case.case.lead == CENTER:
        step = _to_the_leader(case, act.reason, asked)
    else:
        step = rise(case, act.reason, asked.now, asked.city)
    case.state_fact(SteppedUp(rise=step, reason=act.reason), asked.actor, asked.now)


def _to_the_leader(case: TakenCase, reason: str, asked: Asked) -> Rise:
    """Above the center is the district's leader: it keeps the case and its leader decides how it goes on."""
    proposing = Proposing(kind="express", unit=CENTER, because=reason, by=asked.asker.person_id)
    propose(case, proposing, asked.now)
    return Rise(old_lead=CENTER, lead=CENTER, to_leader=True)


TRANSITIONS = (
    Transition(
        act=StepUp,
        by=who.lead,
        source=WORKING | {"consulting"},
        to="dispatched",
        needs="a reason; somebody above who is not accused",
        fact="stepped_up",
        do=_step_up,
    ),
)
