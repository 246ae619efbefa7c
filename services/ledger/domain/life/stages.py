"""Several limits of one item, such as stop, penalise, demolish: the lead meets one after the other (X-20)."""

from services.contracts.events.moves import StageReached
from services.ledger.domain.acts import ReachStage, RefusedError
from services.ledger.domain.clocks import stop
from services.ledger.domain.life import who
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.taken import TakenCase


def _reach(case: TakenCase, asked: Asked) -> None:
    act: ReachStage = asked.act
    running = list(case.running("stage", case.case.lead))
    clock = next((clock for clock in running if clock.stage == act.stage), None)
    if clock is None:
        left = ", ".join(clock.stage for clock in running) or "none"
        raise RefusedError("no-such-stage", f"there is no open stage {act.stage}; open are: {left}")
    stop(clock, case, asked.now)
    on_time = asked.now <= clock.due_at
    fact = StageReached(unit=clock.unit, stage=clock.stage, measure=act.measure, on_time=on_time)
    case.state_fact(fact, asked.actor, asked.now)


TRANSITIONS = (
    Transition(
        act=ReachStage,
        by=who.lead,
        source=frozenset({"in_progress", "rework"}),
        needs="a stage of the item that is not met yet, what was done",
        fact="stage_reached",
        do=_reach,
    ),
)
