"""Reporting in (报到): who came, where, when, with a picture; or why somebody will not come."""

from services.contracts.events.progress import ReportedIn
from services.contracts.events.whistles import CallRefused
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.clocks import stop_all
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.state import CallRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import RefuseCall, ReportIn
from services.ledger.domain.whistle.people import call_of, called

OUT = frozenset({"refused", "handed_on"})
"""Calls that nobody waits for, though nobody came."""


def _report_in(case: TakenCase, asked: Asked) -> None:
    act: ReportIn = asked.act
    call = _call(case, asked)
    if call.reported_in_at is not None:
        raise RefusedError("reported-in-already", f"{call.unit} has reported in already")
    call.state, call.reported_in_at = "reported_in", asked.now
    call.person, call.place, call.photo = asked.asker.person_id, act.place, act.photo
    case.touch(call)
    stop_all(case, "report_in", asked.now, call.unit)
    fact = ReportedIn(
        number=call.number,
        unit=call.unit,
        late=asked.now > call.due_at,
        place=call.place,
        all_in=not waited_for(case, call.number),
        photo=act.photo,
    )
    case.state_fact(fact, asked.actor, asked.now)


def waited_for(case: TakenCase, number: int) -> list[CallRow]:
    """Return the calls of a whistle to which nobody has come, and nobody has said why not."""
    calls = (call for call in case.document.calls if call.number == number)
    return [call for call in calls if call.reported_in_at is None and call.state not in OUT]


def _refuse(case: TakenCase, asked: Asked) -> None:
    act: RefuseCall = asked.act
    call = _call(case, asked)
    if call.state != "called":
        raise RefusedError("too-late-to-refuse", f"{call.unit} has come, has refused, or its time is over")
    call.state, call.refusal, call.person = "refused", act.reason, asked.asker.person_id
    case.touch(call)
    stop_all(case, "report_in", asked.now, call.unit)
    case.state_fact(CallRefused(number=call.number, unit=call.unit, reason=act.reason), asked.actor, asked.now)


def _call(case: TakenCase, asked: Asked) -> CallRow:
    call = call_of(case, asked.asker)
    if call is None:
        raise RefusedError("not-called", "your unit is not called by an open whistle")
    return call


TRANSITIONS = (
    Transition(
        act=ReportIn, by=called, source=OPEN, needs="an open call of one's own unit", fact="reported_in", do=_report_in
    ),
    Transition(
        act=RefuseCall,
        by=called,
        source=OPEN,
        needs="a reason; a call that nobody has answered and whose time runs",
        fact="call_refused",
        do=_refuse,
    ),
)
