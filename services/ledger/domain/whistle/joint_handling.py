"""The joint work and its end: a result, recorded by the street, closes the whistle."""

from services.contracts.events.whistles import JointResult, WhistleFoundWrong
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.life.who import center
from services.ledger.domain.state import WhistleRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import FindWrong, RecordResult
from services.ledger.domain.whistle.kinds import close_whistle
from services.ledger.domain.whistle.people import whistler


def _record(case: TakenCase, asked: Asked) -> None:
    act: RecordResult = asked.act
    whistle = case.open_whistle()
    if whistle is None:
        raise RefusedError("no-whistle", "no whistle is open for this case")
    whistle.result = act.result
    close_whistle(case, asked.now)
    case.state_fact(JointResult(number=whistle.number, result=act.result), asked.actor, asked.now)


def _find_wrong(case: TakenCase, asked: Asked) -> None:
    act: FindWrong = asked.act
    whistle = whistle_of(case, act.number)
    if whistle.wrong_because:
        raise RefusedError("found-wrong-already", "this whistle was found wrong before")
    mark_wrong(case, whistle, act.reason, asked)


def whistle_of(case: TakenCase, number: int) -> WhistleRow:
    """Return a whistle of the case by its number.

    Raises:
        RefusedError: the case has none of that number.
    """
    whistle = next((whistle for whistle in case.document.whistles if whistle.number == number), None)
    if whistle is None:
        raise RefusedError("no-whistle", f"this case has no whistle {number}")
    return whistle


def mark_wrong(case: TakenCase, whistle: WhistleRow, reason: str, asked: Asked) -> None:
    """Record that a whistle was wrong; an open one is closed: nobody is waited for. What it brought stays a fact."""
    whistle.wrong_because = reason
    case.touch(whistle)
    if whistle.closed_at is None:
        close_whistle(case, asked.now)
    case.state_fact(WhistleFoundWrong(number=whistle.number, reason=reason), asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=RecordResult,
        by=whistler,
        source=OPEN,
        needs="an open whistle, what the joint work came to",
        fact="joint_result",
        do=_record,
    ),
    Transition(
        act=FindWrong,
        by=center,
        source=OPEN | {"closed"},
        needs="a whistle that was not found wrong before, a reason",
        fact="whistle_found_wrong",
        do=_find_wrong,
    ),
)
