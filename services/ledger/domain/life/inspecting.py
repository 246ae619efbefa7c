"""Inspections of closed cases, drawn as samples: what does not hold begins again with a new limit (S4-11)."""

from dataclasses import replace
from typing import Final

from services.contracts.events.progress import Verified
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import Inspect, Reopen
from services.ledger.domain.life.reopening import SETTLED
from services.ledger.domain.life.reopening import TRANSITIONS as REOPENING
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.taken import TakenCase

INSPECTORS: Final = frozenset({"inspector"})
_reopen: Final = next(transition.do for transition in REOPENING if transition.act is Reopen)


def inspecting(case: TakenCase, asker: Asker) -> bool:
    """An inspector or the center; whoever judges a result did not make it (X-08)."""
    inspects = bool(INSPECTORS & {asker.role, *asker.roles}) and case.case.lane == "ordinary"
    return (inspects or who.house(case, asker)) and asker.person_id != case.case.handler


def _inspect(case: TakenCase, asked: Asked) -> None:
    act: Inspect = asked.act
    if act.passed:
        case.state_fact(Verified(note=act.note), asked.actor, asked.now)
        return
    if not act.note.strip():
        raise RefusedError("reason-missing", "say what did not hold")
    _reopen(case, replace(asked, act=Reopen(because="inspection", reason=act.note)))


TRANSITIONS = (
    Transition(
        act=Inspect,
        by=inspecting,
        source=SETTLED,
        needs="another person than the handler; what did not hold, and then the case begins again with a new limit",
        fact="verified",
        do=_inspect,
    ),
)
