"""Which acts a person may do now: the ledger's own table, less what would change nothing. The ledger judges again."""

from collections.abc import Callable
from typing import Final, get_args

from services.ledger.domain.acts import Act, Asker, DeliverPart, ReachStage, Return, SignIn
from services.ledger.domain.deciding import may_decide
from services.ledger.domain.life.acts import AskExclusion, AskTermination, Correct, Merge, ResolveOnSpot
from services.ledger.domain.life.correcting import for_the_district
from services.ledger.domain.life.table import TABLE, may
from services.ledger.domain.life.who import part_of
from services.ledger.domain.state import CaseDocument
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Blow, Decide, Evaluate, FindWrong, RecordResult, RefuseCall, ReportIn
from services.ledger.domain.whistle.evaluation import ENDED
from services.ledger.domain.whistle.people import call_of

ACT_TYPES: Final[dict[str, type]] = {str(act.__struct_config__.tag): act for act in get_args(Act)}
"""Every act by the `type` its body names."""


def permitted(document: CaseDocument, asker: Asker) -> tuple[str, ...]:
    """Return the types of the acts that state, part and role allow, in the order of the acts' declaration."""
    case = TakenCase(document, epoch=0)
    return tuple(name for name, act in ACT_TYPES.items() if _may(case, asker, act))


def _may(case: TakenCase, asker: Asker, act: type) -> bool:
    transition = TABLE[act]
    if case.case.state not in transition.source or not may(transition, case, asker):
        return False
    still_useful = _STILL_USEFUL.get(act)
    return still_useful is None or still_useful(case, asker)


def _not_signed_in(case: TakenCase, asker: Asker) -> bool:
    part = part_of(case, asker)
    return part is not None and part.state == "open"


def _part_is_owed(case: TakenCase, asker: Asker) -> bool:
    mine = (part for part in case.open_assignments() if {part.unit, part.handling_unit} & set(asker.units))
    return any(part.role == "cooperating" and part.state != "delivered" for part in mine)


def _a_stage_is_open(case: TakenCase, asker: Asker) -> bool:
    del asker
    return any(case.running("stage", case.case.lead))


def _awaited(case: TakenCase, asker: Asker) -> bool:
    call = call_of(case, asker)
    return call is not None and call.reported_in_at is None


def _not_yet_late(case: TakenCase, asker: Asker) -> bool:
    call = call_of(case, asker)
    return call is not None and call.state == "called"


def _no_whistle_yet(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.whistle_open is None


def _a_whistle(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.whistle_open is not None


def _to_be_judged(case: TakenCase, asker: Asker) -> bool:
    del asker
    to_judge = (whistle.closed_at and not whistle.evaluated_at for whistle in case.document.whistles)
    return case.case.state in ENDED or any(to_judge)


def _ever_whistled(case: TakenCase, asker: Asker) -> bool:
    del asker
    return any(not whistle.wrong_because for whistle in case.document.whistles)


def _may_send_on(case: TakenCase, asker: Asker) -> bool:
    return not case.case.designated or for_the_district(case, asker)


def _not_designated(case: TakenCase, asker: Asker) -> bool:
    del asker
    return not case.case.designated


def _of_the_grid(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.tier == "G"


def _explained(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.explanations > 0


def _not_asked_yet(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.exclusion is None


def _stands_alone(case: TakenCase, asker: Asker) -> bool:
    del asker
    return case.case.whistle_open is None and len(case.case.reports) == 1


_STILL_USEFUL: Final[dict[type, Callable[[TakenCase, Asker], bool]]] = {
    SignIn: _not_signed_in,
    DeliverPart: _part_is_owed,
    ReachStage: _a_stage_is_open,
    ReportIn: _awaited,
    RefuseCall: _not_yet_late,
    Blow: _no_whistle_yet,
    RecordResult: _a_whistle,
    Evaluate: _to_be_judged,
    FindWrong: _ever_whistled,
    Decide: may_decide,
    Return: _not_designated,
    Correct: _may_send_on,
    ResolveOnSpot: _of_the_grid,
    AskTermination: _explained,
    AskExclusion: _not_asked_yet,
    Merge: _stands_alone,
}
