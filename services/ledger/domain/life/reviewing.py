"""Another person decides what the lead asked for: a return, an extension, a suspension, a termination."""

from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.events.life import Extended, RequestKind, RequestReviewed, Resumed, Suspended
from services.contracts.events.progress import State
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.clocks import start_clock
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import Resume, Review
from services.ledger.domain.life.asking import clear_request, span_text
from services.ledger.domain.life.ending import terminate
from services.ledger.domain.life.pausing import lengthen, pause_clocks, resume
from services.ledger.domain.life.returning import ask_router, keep_with_lead
from services.ledger.domain.life.transition import REQUESTED, Asked, Transition
from services.ledger.domain.requests import Request
from services.ledger.domain.taken import TakenCase
from services.worktime.arithmetic import add

BACK: Final[Mapping[str, State]] = {"dispatched": "dispatched", "rework": "rework"}
"""Where a case goes back to; from everywhere else it is in progress."""


def _review(case: TakenCase, asked: Asked) -> None:
    act: Review = asked.act
    pending = case.case.request
    if pending is None:
        raise RefusedError("nothing-asked", "nothing waits for a decision")
    if act.granted and pending.kind == "suspension" and not pending.approved_by:
        _approve_first(case, pending, asked)
        return
    clear_request(case, asked.now, asked.city)
    if act.granted:
        _say(case, pending, asked)
        _GRANTED[pending.kind](case, pending, asked)
        return
    if pending.kind == "return":
        keep_with_lead(case)
    case.move_to(BACK.get(pending.state_before, "in_progress"))
    _say(case, pending, asked)


def _approve_first(case: TakenCase, pending: Request, asked: Asked) -> None:
    """The department's head, or the street, has approved; the center approves after them."""
    pending.approved_by.append(asked.asker.person_id)
    _say(case, pending, asked, decided=False)


def _say(case: TakenCase, pending: Request, asked: Asked, *, decided: bool = True) -> None:
    act: Review = asked.act
    fact = RequestReviewed(
        request=pending.kind, unit=pending.unit, granted=act.granted, reason=act.reason, decided=decided
    )
    case.state_fact(fact, asked.actor, asked.now)


def _return(case: TakenCase, pending: Request, asked: Asked) -> None:
    """The rules name the next lead, if they were not asked before; until then the old one keeps it (X-03)."""
    if case.case.attempt_awaited is None:
        ask_router(case, pending.reason, pending.suggested or "", asked.now)


def _extend(case: TakenCase, pending: Request, asked: Asked) -> None:
    row = case.case
    row.extensions += 1
    by = pending.by or ""
    due_at = lengthen(case, by, pending.at, asked.city)
    case.move_to(BACK.get(pending.state_before, "in_progress"))
    case.state_fact(Extended(by=by, due_at=due_at, number=row.extensions), asked.actor, asked.now)


def _suspend(case: TakenCase, pending: Request, asked: Asked) -> None:
    row, city = case.case, asked.city
    latest = add(asked.now, limit_of(city.policies.life.suspension_max), city.calendar)
    until = min(pending.until or latest, latest)
    row.suspensions += 1
    pause_clocks(case, asked.now)
    clock = start_clock(case, "resume", "", span_text(asked.now, until), asked.now, city)
    clock.next_step, clock.next_at = "resume", clock.due_at
    case.move_to("suspended")
    case.state_fact(Suspended(until=clock.due_at, condition=pending.condition), asked.actor, asked.now)


def _terminate(case: TakenCase, pending: Request, asked: Asked) -> None:
    terminate(case, asked, pending.reason)


_GRANTED: Final[Mapping[RequestKind, Callable[[TakenCase, Request, Asked], None]]] = {
    "return": _return,
    "extension": _extend,
    "suspension": _suspend,
    "termination": _terminate,
}


def _resume(case: TakenCase, asked: Asked) -> None:
    act: Resume = asked.act
    resume(case, asked.now, asked.city)
    case.state_fact(Resumed(because="condition", reason=act.reason), asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=Review,
        by=who.reviewer,
        source=REQUESTED | {"return_requested"},
        needs="another person than who asked; a suspension: first the unit's head or the street, then the center",
        fact="request_reviewed",
        do=_review,
    ),
    Transition(
        act=Resume,
        by=who.house,
        source=frozenset({"suspended"}),
        to="in_progress",
        needs="that the condition holds",
        fact="resumed",
        do=_resume,
    ),
)
