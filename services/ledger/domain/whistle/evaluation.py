"""Judged from below (下考上): the street that whistled says, per department, how it answered."""

from services.contracts.events.whistles import DepartmentEvaluated
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.state import CallRow, WhistleRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Evaluate
from services.ledger.domain.whistle.joint_handling import whistle_of
from services.ledger.domain.whistle.people import whistler


def _evaluate(case: TakenCase, asked: Asked) -> None:
    act: Evaluate = asked.act
    whistle = whistle_of(case, act.number)
    call = _judged(case, whistle, act.unit)
    call.punctuality, call.effort, call.result = act.punctuality, act.effort, act.result
    call.satisfaction, call.remark, call.evaluated_at = act.satisfaction, act.note, asked.now
    case.touch(call)
    calls = [other for other in case.document.calls if other.number == whistle.number]
    complete = all(other.evaluated_at is not None for other in calls)
    if complete:
        whistle.evaluated_at = asked.now
        case.touch(whistle)
    fact = DepartmentEvaluated(
        number=whistle.number,
        unit=call.unit,
        punctuality=act.punctuality,
        effort=act.effort,
        result=act.result,
        satisfaction=act.satisfaction,
        note=act.note,
        all_evaluated=complete,
    )
    case.state_fact(fact, asked.actor, asked.now)


def _judged(case: TakenCase, whistle: WhistleRow, unit: str) -> CallRow:
    if whistle.closed_at is None:
        raise RefusedError("whistle-open", "departments are judged when the joint work has its result")
    if whistle.wrong_because:
        raise RefusedError("wrong-whistle", "nobody is judged by a whistle that was wrong")
    call = case.call(whistle.number, unit)
    if call is None:
        raise RefusedError("not-called", f"{unit} was not called by whistle {whistle.number}")
    if call.evaluated_at is not None:
        raise RefusedError("evaluated-already", f"{unit} has been judged already")
    return call


TRANSITIONS = (
    Transition(
        act=Evaluate,
        by=whistler,
        source=OPEN | {"closed", "archived", "terminated"},
        fact="department_evaluated",
        do=_evaluate,
    ),
)
