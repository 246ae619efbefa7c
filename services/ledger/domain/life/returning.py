"""A department passes the case on: within the limit, with a reason and a unit it suggests, until three have (X-04)."""

from datetime import datetime

from services.contracts.codec import event_id_of
from services.contracts.events import CaseReturned
from services.contracts.events.progress import ReturnAsked
from services.ledger.domain.acts import RefusedError, Return
from services.ledger.domain.city import City
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life import who
from services.ledger.domain.life.asking import request
from services.ledger.domain.life.dispatching import next_attempt
from services.ledger.domain.life.problem_ticket import passed_on
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.taken import TakenCase
from services.worktime.arithmetic import add


def _return(case: TakenCase, asked: Asked) -> None:
    act: Return = asked.act
    row, policies = case.case, asked.city.policies
    _refuse_if_not_returnable(case, act, asked)
    row.tried = [*row.tried, row.lead]
    passed_on_by_all = is_passed_on_by_all(case, asked.city)
    request(case, asked, "return", act.reason, "return_requested").suggested = act.suggested
    attempt = next_attempt(row)
    fact = ReturnAsked(
        unit=row.lead,
        reason=act.reason,
        suggested=act.suggested,
        attempt_asked=attempt,
        problem_ticket=passed_on_by_all,
    )
    version = case.state_fact(fact, asked.actor, asked.now)
    if passed_on_by_all:
        passed_on(case, attempt, asked.now, asked.city)
    elif policies.life.return_review == "router":
        ask_router(case, act.reason, act.suggested, asked.now, version)


def _refuse_if_not_returnable(case: TakenCase, act: Return, asked: Asked) -> None:
    refuse_if_kept_too_long(case, asked)
    row, part = case.case, case.lead_assignment()
    if act.suggested in (row.lead, part.handling_unit) or not asked.city.knows(act.suggested):
        raise RefusedError("suggest-another-unit", "name another unit that exists")


def refuse_if_kept_too_long(case: TakenCase, asked: Asked) -> None:
    """Refuse a lead that can no longer pass the case on: named for good, or too long in its hands."""
    within = asked.city.policies.return_within
    if case.case.designated:
        raise RefusedError("finally-designated", "a finally designated unit cannot return the case")
    if asked.now > add(case.lead_assignment().opened_at, limit_of(within), asked.city.calendar):
        raise RefusedError("return-too-late", f"a case can be returned within {within} of its dispatch")


def is_passed_on_by_all(case: TakenCase, city: City) -> bool:
    """Whether as many departments as may have passed it on: then it is a problem ticket (X-04)."""
    row = case.case
    passed_on_by_all = len(row.tried) >= city.policies.return_attempts_max
    row.problem_ticket = row.problem_ticket or passed_on_by_all
    return passed_on_by_all


def ask_router(
    case: TakenCase, reason: str, suggested: str, now: datetime, version: int | None = None, *, corrected: bool = False
) -> None:
    """Ask the rules for the next attempt, beside the fact of `version`; until it is opened the lead keeps the case."""
    row, decision = case.case, case.decision
    row.attempt_awaited = next_attempt(row)
    case.ask_router(
        CaseReturned(
            event_id=event_id_of(case.epoch, row.case_id, "returned", version or row.version),
            at=now,
            attempt=row.attempt_awaited,
            reference_version=row.applied_version,
            tried=() if corrected else tuple(row.tried),
            reason=reason,
            suggested=suggested,
            item=row.item,
            report=decision.report,
            limits=decision.limits,
            tier=decision.tier,
            urgency=decision.urgency,
            corrected=corrected,
        )
    )


def keep_with_lead(case: TakenCase) -> None:
    """The objection does not hold: the lead keeps the case for good, and what the rules answer is not awaited."""
    row = case.case
    if row.attempt_awaited is not None:
        row.superseded = [*row.superseded, row.attempt_awaited]
    row.attempt_awaited, row.tried, row.designated = None, row.tried[:-1], True


TRANSITIONS = (
    Transition(
        act=Return,
        by=who.lead,
        source=frozenset({"dispatched", "in_progress"}),
        to="return_requested",
        needs="within two working days, a reason, another unit; not by a finally designated unit",
        fact="returned",
        do=_return,
    ),
)
