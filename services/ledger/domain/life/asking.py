"""What the lead asks for: more time, a pause, an end. One request at a time, with a review clock till it is decided."""

from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from services.contracts.events.life import (
    Explained,
    ExtensionAsked,
    RequestKind,
    RequestWithdrawn,
    SuspensionAsked,
    TerminationAsked,
)
from services.contracts.events.progress import State
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.adjusting import Paused, moved
from services.ledger.domain.city import City
from services.ledger.domain.clocks import start_clock, stop_all
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import AskExtension, AskSuspension, AskTermination, Explain, Withdraw
from services.ledger.domain.life.pausing import extendable, hold, release
from services.ledger.domain.life.transition import REQUESTED, Asked, Transition
from services.ledger.domain.requests import Request
from services.ledger.domain.state import ClockRow
from services.ledger.domain.taken import TakenCase
from services.worktime.arithmetic import add

AT_WORK: frozenset[State] = frozenset({"in_progress", "rework"})
QUARTER_HOUR_SECONDS = 900


def request(case: TakenCase, asked: Asked, kind: RequestKind, reason: str, to: State) -> Request:
    """Put a request on the case and start its review clock; the case moves to `to` until it is decided."""
    row = case.case
    row.request = Request(
        kind=kind,
        unit=row.lead,
        person=asked.asker.person_id,
        at=asked.now,
        reason=reason,
        state_before=row.state,
    )
    start_clock(case, "review", "", asked.city.policies.life.review, asked.now, asked.city)
    case.move_to(to)
    return row.request


def clear_request(case: TakenCase, now: datetime, city: City) -> None:
    """Take the request off the case: its review clock stops, what was held for it is owed."""
    stop_all(case, "review", now)
    release(case, now, city)
    case.case.request = None


def overtake(case: TakenCase, asked: Asked) -> None:
    """Drop a request that nobody needs to decide any more, because the case goes on without it."""
    pending = case.case.request
    clear_request(case, asked.now, asked.city)  # a consultation has a review clock too
    if pending is not None:
        case.state_fact(RequestWithdrawn(request=pending.kind, unit=pending.unit), asked.actor, asked.now)


def _ask_extension(case: TakenCase, asked: Asked) -> None:
    act: AskExtension = asked.act
    row, life, city = case.case, asked.city.policies.life, asked.city
    if row.extensions >= life.extensions_max:
        raise RefusedError("extended-enough", f"a case can be extended {life.extensions_max} times")
    clock = next(case.running("handling", row.lead))
    if asked.now > clock.due_at:
        raise RefusedError("extension-too-late", "more time is asked for before the limit, not after it")
    _refuse_if_too_long(case, clock, asked)
    request(case, asked, "extension", act.reason, "extension_requested").by = act.by
    held_until = add(asked.now, limit_of(life.extension_hold), city.calendar)
    hold(case, asked.now, held_until, city)
    fact = ExtensionAsked(unit=row.lead, reason=act.reason, by=act.by, held_until=held_until)
    case.state_fact(fact, asked.actor, asked.now)


def _refuse_if_too_long(case: TakenCase, clock: ClockRow, asked: Asked) -> None:
    """A limit that the law sets is extended only as far as the law says, the promise no further than it (domain §3.9).

    Of other limits the policy's total holds for each attempt.
    """
    row, life, city = case.case, asked.city.policies.life, asked.city
    statutory = case.decision.limits.statutory
    total = life.statutory_extensions.get(row.item or "") if statutory else life.extension_total
    if total is None:
        raise RefusedError("statutory-limit", "the law sets this limit and allows no extension")
    for moved_clock in extendable(case, asked.now) if statutory else [clock]:
        latest = add(_first_due(moved_clock, city), limit_of(total), city.calendar)
        if add(moved_clock.due_at, limit_of(asked.act.by), city.calendar) > latest:
            raise RefusedError("extension-too-long", f"all extensions together are at most {total}")


def _first_due(clock: ClockRow, city: City) -> datetime:
    """Return when the clock would be due without any extension."""
    limit = limit_of(clock.allowed)
    pauses = [adjustment for adjustment in clock.adjusted or () if isinstance(adjustment, Paused)]
    return moved(add(clock.started_at, limit, city.calendar), pauses, limit.unit, city.calendar)


def _ask_suspension(case: TakenCase, asked: Asked) -> None:
    act: AskSuspension = asked.act
    row, life = case.case, asked.city.policies.life
    if row.suspensions >= life.suspensions_max:
        raise RefusedError("suspended-before", f"a case can be suspended {life.suspensions_max} times")
    latest = add(asked.now, limit_of(life.suspension_max), asked.city.calendar)
    if act.until is None and not act.condition.strip():
        raise RefusedError("until-when", "name the date or the condition on which it goes on")
    if act.until is not None and not asked.now < act.until <= latest:
        raise RefusedError("until-when", f"the date lies ahead, at most {life.suspension_max}")
    asks = request(case, asked, "suspension", act.reason, "suspension_requested")
    asks.until, asks.condition = act.until, act.condition
    fact = SuspensionAsked(unit=row.lead, reason=act.reason, until=act.until, condition=act.condition)
    case.state_fact(fact, asked.actor, asked.now)


def span_text(now: datetime, until: datetime) -> str:
    """Return the limit from `now` to `until` in clock hours, rounded up to the quarter that limits are counted in."""
    quarters = (Decimal(str((until - now).total_seconds())) / QUARTER_HOUR_SECONDS).to_integral_value(ROUND_CEILING)
    return f"{max(quarters, Decimal(1)) / 4:f}uh"


def _ask_termination(case: TakenCase, asked: Asked) -> None:
    act: AskTermination = asked.act
    row, least = case.case, asked.city.policies.life.explanations_min
    if row.explanations < least:
        raise RefusedError("explain-first", f"explain it to the reporter {least} times first")
    request(case, asked, "termination", act.reason, "termination_requested")
    fact = TerminationAsked(unit=row.lead, reason=act.reason, explanations=row.explanations)
    case.state_fact(fact, asked.actor, asked.now)


def _withdraw(case: TakenCase, asked: Asked) -> None:
    pending = case.case.request
    if pending is None:
        raise RefusedError("nothing-asked", "nothing is asked for")
    back: State = "rework" if pending.state_before == "rework" else "in_progress"
    clear_request(case, asked.now, asked.city)
    case.move_to(back)
    case.state_fact(RequestWithdrawn(request=pending.kind, unit=pending.unit), asked.actor, asked.now)


def _explain(case: TakenCase, asked: Asked) -> None:
    act: Explain = asked.act
    row = case.case
    row.explanations += 1
    fact = Explained(number=row.explanations, unit=row.lead, talked_with=act.talked_with, text=act.text)
    case.state_fact(fact, asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=AskExtension,
        by=who.lead,
        source=AT_WORK,
        to="extension_requested",
        needs="before the limit, at most two, ten working days in all or what the law allows, a reason",
        fact="extension_asked",
        do=_ask_extension,
    ),
    Transition(
        act=AskSuspension,
        by=who.lead,
        source=AT_WORK,
        to="suspension_requested",
        needs="once, a date within a year or a condition, a reason",
        fact="suspension_asked",
        do=_ask_suspension,
    ),
    Transition(
        act=AskTermination,
        by=who.lead,
        source=AT_WORK,
        to="termination_requested",
        needs="three explanations to the reporter, a reason",
        fact="termination_asked",
        do=_ask_termination,
    ),
    Transition(
        act=Withdraw,
        by=who.lead,
        source=REQUESTED,
        needs="a request that is not decided",
        fact="request_withdrawn",
        do=_withdraw,
    ),
    Transition(
        act=Explain,
        by=who.lead,
        source=AT_WORK | REQUESTED,
        needs="whom it was explained to, and how",
        fact="explained",
        do=_explain,
    ),
)
