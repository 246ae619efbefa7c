"""What the reporter says of the result: content, or back for rework with a reason; the third is a ticket (X-14)."""

from datetime import datetime
from typing import Final

from services.contracts.events import Actor, ReportFollowedUp
from services.contracts.events.life import Archived, FollowUpCalled
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.clocks import stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import FollowUp
from services.ledger.domain.life.reopening import SETTLED, Again, begin_again
from services.ledger.domain.life.reworking import order_rework
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.taken import SYSTEM, TakenCase

UNSATISFIED_MAX: Final = 2
"""Ratings of 1 and 2 say that it is not solved."""
RESIDENT: Final = Actor(unit="", role="resident")


def take_rating(case: TakenCase, event: ReportFollowedUp, now: datetime, city: City) -> None:
    """Let a rating of the result count: whoever answered is not called, whoever is unsatisfied gets rework.

    Without a reason somebody still calls and asks; what came after the case began again counts as a fact only.
    """
    if (event.rating or 0) > UNSATISFIED_MAX:
        stop_all(case, "follow_up", now)
    elif event.text and case.case.state in SETTLED:
        send_back(case, event.text, RESIDENT, now, city)


def send_back(case: TakenCase, reason: str, actor: Actor, now: datetime, city: City) -> None:
    """Begin a closed case again as rework of who led it: a new promise, half of the limit."""
    begin_again(case, Again(because="unsatisfied", reason=reason, actor=actor), now, city)
    row = case.case
    if row.state != "dispatched":  # the lead may not have it any more: the center decides
        return
    for kind in ("sign_in", "handling"):
        stop_all(case, kind, now, row.lead)
    row.signed_in_at = case.lead_assignment().signed_in_at = now
    order_rework(case, reason, actor, now, city)


def _follow_up(case: TakenCase, asked: Asked) -> None:
    act: FollowUp = asked.act
    if act.answer == "unsatisfied" and not act.note.strip():
        raise RefusedError("reason-missing", "say what the reporter is not satisfied with")
    case.state_fact(FollowUpCalled(answer=act.answer, note=act.note), asked.actor, asked.now)
    if act.answer == "no_answer":  # no valid answer: the clock runs on, somebody calls again
        return
    stop_all(case, "follow_up", asked.now)
    if act.answer == "unsatisfied":
        send_back(case, act.note, asked.actor, asked.now, asked.city)
        return
    case.move_to("archived")
    case.state_fact(Archived(), SYSTEM, asked.now)


TRANSITIONS = (
    Transition(
        act=FollowUp,
        by=who.verifying,
        source=frozenset({"closed"}),
        needs="what the reporter answered; archived when content, rework when not, which needs the reason",
        fact="follow_up_called",
        do=_follow_up,
    ),
)
