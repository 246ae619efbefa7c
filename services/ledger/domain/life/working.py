"""Departments at work: signing in, whistling, reporting in, delivering."""

from services.contracts.events.progress import (
    Noted,
    PartDelivered,
    ReportedIn,
    SignedIn,
    SupervisionOrdered,
    WhistleBlown,
)
from services.ledger.domain.acts import (
    Asker,
    Blow,
    DeliverPart,
    Note,
    RefusedError,
    ReportIn,
    SignIn,
    Supervise,
)
from services.ledger.domain.clocks import stop, stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.transition import OPEN, WORKING, Asked, Transition
from services.ledger.domain.settling import supervise
from services.ledger.domain.state import AssignmentRow, CallRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.kinds import blow, whom_to_call


def _sign_in(case: TakenCase, asked: Asked) -> None:
    part = _part(case, asked.asker)
    if part.state != "open":
        raise RefusedError("signed-in-already", f"{part.unit} has signed in already")
    part.state, part.signed_in_at = "signed_in", asked.now
    case.touch(part)
    if part.role == "lead":
        stop_all(case, "sign_in", asked.now, part.unit)
        case.case.signed_in_at = asked.now
        if case.case.state == "dispatched":
            case.move_to("in_progress")
    case.state_fact(SignedIn(unit=part.unit), asked.actor, asked.now)


def _part(case: TakenCase, asker: Asker) -> AssignmentRow:
    part = who.part_of(case, asker)
    if part is None:
        raise RefusedError("not-yours", "no open assignment of your unit")
    return part


def _blow(case: TakenCase, asked: Asked) -> None:
    act: Blow = asked.act
    if case.case.whistle_open is not None:
        raise RefusedError("whistle-open", "a whistle is open for this case already")
    called = act.called or whom_to_call(case, asked.city)
    for unit in called:
        if not asked.city.is_department(unit) or unit in case.case.barred_units:
            raise RefusedError("cannot-be-called", f"{unit} cannot be called by a whistle")
    if not called:
        raise RefusedError("nobody-to-call", "name the departments to call")
    case.case.units = [*dict.fromkeys((*case.case.units, *called))]
    whistle = blow(case, act.kind, tuple(dict.fromkeys(called)), asked.now, asked.city, reason=act.reason)
    case.state_fact(WhistleBlown(whistle=whistle), asked.actor, asked.now)


def _report_in(case: TakenCase, asked: Asked) -> None:
    number, call = _call_of(case, asked.asker)
    if call.reported_in_at is not None:
        raise RefusedError("reported-in-already", f"{call.unit} has reported in already")
    call.state, call.reported_in_at = "reported_in", asked.now
    call.person, call.place = asked.asker.person_id, asked.act.place
    case.touch(call)
    for clock in list(case.running("report_in", call.unit)):
        stop(clock, case, asked.now)
    fact = ReportedIn(
        number=number,
        unit=call.unit,
        late=asked.now > call.due_at,
        place=call.place,
        all_in=all(other.reported_in_at is not None for other in case.document.calls if other.number == number),
    )
    case.state_fact(fact, asked.actor, asked.now)


def _call_of(case: TakenCase, asker: Asker) -> tuple[int, CallRow]:
    number = case.case.whistle_open or 0
    call = next((found for unit in asker.units if (found := case.call(number, unit)) is not None), None)
    if call is None:
        raise RefusedError("not-called", "your unit is not called by an open whistle")
    return number, call


def _deliver_part(case: TakenCase, asked: Asked) -> None:
    act: DeliverPart = asked.act
    part = next((p for p in case.open_assignments() if p.role == "cooperating" and p.unit in _mine(p, asked)), None)
    if part is None or part.state == "delivered":
        raise RefusedError("delivered-already", "your part is delivered already")
    part.state = "delivered"
    case.touch(part)
    stop_all(case, "handling", asked.now, part.unit)
    case.state_fact(PartDelivered(unit=part.unit, measure=act.measure), asked.actor, asked.now)


def _mine(part: AssignmentRow, asked: Asked) -> tuple[str, ...]:
    return (part.unit,) if {part.unit, part.handling_unit} & set(asked.asker.units) else ()


def _supervise(case: TakenCase, asked: Asked) -> None:
    act: Supervise = asked.act
    order = supervise(case, asked.now, asked.city)
    case.state_fact(SupervisionOrdered(supervision=order, reason=act.reason), asked.actor, asked.now)


def _note(case: TakenCase, asked: Asked) -> None:
    act: Note = asked.act
    case.state_fact(Noted(unit=asked.asker.unit, kind=act.kind, text=act.text), asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=SignIn,
        by=who.assigned,
        source=WORKING,
        needs="an assignment that is not signed in; the lead's makes the case in progress",
        fact="signed_in",
        do=_sign_in,
    ),
    Transition(act=Blow, by=who.street, source=WORKING, fact="whistle_blown", do=_blow),
    Transition(act=ReportIn, by=who.called, source=OPEN, fact="reported_in", do=_report_in),
    Transition(act=DeliverPart, by=who.cooperating, source=OPEN, fact="part_delivered", do=_deliver_part),
    Transition(act=Supervise, by=who.center, source=OPEN, fact="supervision_ordered", do=_supervise),
    Transition(act=Note, by=who.involved, source=OPEN, fact="noted", do=_note),
)
