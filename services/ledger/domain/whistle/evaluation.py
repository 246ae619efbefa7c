"""Judged from below (下考上): the street says, per department, how it answered a whistle or worked on a case."""

from services.contracts.events.progress import State
from services.contracts.events.whistles import DepartmentEvaluated
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.state import CallRow, WhistleRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Evaluate
from services.ledger.domain.whistle.joint_handling import whistle_of
from services.ledger.domain.whistle.people import whistler

ENDED: frozenset[State] = frozenset({"closed", "archived", "terminated"})
PARTS = frozenset({"lead", "cooperating"})


def _evaluate(case: TakenCase, asked: Asked) -> None:
    act: Evaluate = asked.act
    if act.number == 0:
        _evaluate_case(case, asked)
        return
    whistle = whistle_of(case, act.number)
    call = _judged(case, whistle, act.unit)
    call.punctuality, call.effort, call.result = act.punctuality, act.effort, act.result
    call.satisfaction, call.remark, call.evaluated_at = act.satisfaction, act.note, asked.now
    case.touch(call)
    calls = [other for other in case.document.calls if other.number == whistle.number and other.state != "handed_on"]
    complete = all(other.evaluated_at is not None for other in calls)
    if complete:
        whistle.evaluated_at = asked.now
        case.touch(whistle)
    case.state_fact(_fact(act, call.unit, complete=complete), asked.actor, asked.now)


def _evaluate_case(case: TakenCase, asked: Asked) -> None:
    """Judge a department, or its office, by a case as a whole; judged again, the last word counts."""
    act: Evaluate = asked.act
    if case.case.state not in ENDED:
        raise RefusedError("case-open", "departments are judged by a case when it has ended")
    parts = (part for part in case.document.assignments if part.role in PARTS)
    if not any(act.unit in {part.unit, part.handling_unit} for part in parts):
        raise RefusedError("no-part", f"{act.unit} had no part in this case")
    case.state_fact(_fact(act, act.unit, complete=False), asked.actor, asked.now)


def _fact(act: Evaluate, unit: str, *, complete: bool) -> DepartmentEvaluated:
    return DepartmentEvaluated(
        number=act.number,
        unit=unit,
        punctuality=act.punctuality,
        effort=act.effort,
        result=act.result,
        satisfaction=act.satisfaction,
        note=act.note,
        all_evaluated=complete,
    )


def _judged(case: TakenCase, whistle: WhistleRow, unit: str) -> CallRow:
    if whistle.closed_at is None:
        raise RefusedError("whistle-open", "departments are judged when the joint work has its result")
    if whistle.wrong_because:
        raise RefusedError("wrong-whistle", "nobody is judged by a whistle that was wrong")
    call = case.call(whistle.number, unit)
    if call is None or call.state == "handed_on":
        raise RefusedError("not-called", f"{unit} was not called by whistle {whistle.number}")
    if call.evaluated_at is not None:
        raise RefusedError("evaluated-already", f"{unit} has been judged already")
    return call


TRANSITIONS = (
    Transition(
        act=Evaluate,
        by=whistler,
        source=OPEN | ENDED,
        needs="a whistle that is closed, or a case that has ended; a unit that had a part in it",
        fact="department_evaluated",
        do=_evaluate,
    ),
)
