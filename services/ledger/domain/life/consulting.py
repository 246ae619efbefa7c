"""The command center consults before it dispatches; while it lasts, the first contact stays lead (Art 14)."""

from services.contracts.events.life import ConsultationOpened
from services.ledger.domain.clocks import start_clock
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import Consult
from services.ledger.domain.life.asking import clear_request
from services.ledger.domain.life.dispatching import check_units
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.taken import TakenCase


def _consult(case: TakenCase, asked: Asked) -> None:
    act: Consult = asked.act
    row, city = case.case, asked.city
    check_units(case, act.units, city)
    clear_request(case, asked.now, city)
    if row.attempt_awaited is not None:
        row.superseded = [*row.superseded, row.attempt_awaited]
        row.attempt_awaited = None
    row.units = [*dict.fromkeys((*row.units, *act.units))]
    start_clock(case, "review", "", city.policies.life.consultation, asked.now, city)
    case.move_to("consulting")
    case.state_fact(ConsultationOpened(reason=act.reason, units=act.units), asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=Consult,
        by=who.center,
        source=frozenset({"dispatched", "return_requested", "in_progress"}),
        to="consulting",
        needs="a reason; the units that are asked exist and are not accused",
        fact="consultation_opened",
        do=_consult,
    ),
)
