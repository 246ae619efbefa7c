"""Departments at work: signing in, whistling, reporting in, delivering."""

from services.contracts.events.progress import (
    Noted,
    PartDelivered,
    SignedIn,
    SupervisionOrdered,
)
from services.ledger.domain.acts import (
    Asker,
    DeliverPart,
    Note,
    RefusedError,
    SignIn,
    Supervise,
)
from services.ledger.domain.clocks import stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.transition import OPEN, WORKING, Asked, Transition
from services.ledger.domain.settling import supervise
from services.ledger.domain.state import AssignmentRow
from services.ledger.domain.taken import TakenCase


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
    if act.kind != "urge" and who.watches(asked.asker):
        raise RefusedError("not-yours-to-do", "the log is of those who work on it; a supervisor urges")
    fact = Noted(unit=asked.asker.unit, kind=act.kind, text=act.text, whistle=case.case.whistle_open)
    case.state_fact(fact, asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=SignIn,
        by=who.assigned,
        source=WORKING,
        needs="an assignment that is not signed in; the lead's makes the case in progress",
        fact="signed_in",
        do=_sign_in,
    ),
    Transition(
        act=DeliverPart,
        by=who.cooperating,
        source=OPEN,
        needs="a part that is not delivered",
        fact="part_delivered",
        do=_deliver_part,
    ),
    Transition(act=Supervise, by=who.center, source=OPEN, needs="a reason", fact="supervision_ordered", do=_supervise),
    Transition(act=Note, by=who.involved, source=OPEN, needs="what is noted", fact="noted", do=_note),
)
