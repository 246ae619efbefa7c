"""A problem ticket goes one step up, and interviews are proposed; the promise is not touched (domain §6.4, row 5)."""

from dataclasses import dataclass
from datetime import datetime

from services.contracts.events import Explanation
from services.contracts.events.progress import Dispatched
from services.contracts.events.whistles import Proposed
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.competence import next_lead
from services.ledger.domain.life.dispatching import decided_again, next_attempt
from services.ledger.domain.life.opening import hand_over
from services.ledger.domain.proposing import DEPARTMENTS, REWORKS, Proposing, propose, propose_interviews
from services.ledger.domain.state import CENTER
from services.ledger.domain.taken import SYSTEM, TakenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """To whom it goes, in which attempt, why; what is proposed with it, and who goes on seeing it."""

    lead: str
    attempt: int
    why: str
    proposals: tuple[Proposed, ...] = ()
    seen_by: tuple[str, ...] = ()


def passed_on(case: TakenCase, attempt: int, now: datetime, city: City) -> None:
    """As many departments as may have passed it on: the command center names the lead for good (X-04)."""
    tried = case.case.tried
    proposals = propose_interviews(case, tried, DEPARTMENTS, now)
    up = Up(lead=CENTER, attempt=attempt, why=f"passed on by {', '.join(tried)}", proposals=proposals)
    _hand_up(case, up, now, city)


def reworked(case: TakenCase, now: datetime, city: City) -> None:
    """As often reworked as may be: whoever is one step above has it now; above the center its leader decides (X-14)."""
    row = case.case
    if row.lead == CENTER:
        propose(case, Proposing(kind="express", unit=CENTER, because=REWORKS), now)
        return
    try:
        lead = next_lead(case, city)
    except RefusedError:  # everybody above is accused: it stays, the overdue ladder goes on
        return
    why = f"one step up from {row.lead}"
    _hand_up(case, Up(lead=lead, attempt=next_attempt(row), why=why, seen_by=tuple(row.units)), now, city)


def _hand_up(case: TakenCase, up: Up, now: datetime, city: City) -> None:
    row = case.case
    because = Explanation(matched=(up.why,), notes=("problem ticket",))
    above = decided_again(case, up.lead, because, attempt=up.attempt, consulting=up.lead == CENTER)
    old_lead = row.lead
    hand_over(case, above, now, city)
    row.units = [*dict.fromkeys((*row.units, *up.seen_by))]
    fact = Dispatched(old_lead=old_lead, because=because, limits=above.limits, proposals=up.proposals)
    case.state_fact(fact, SYSTEM, now)
