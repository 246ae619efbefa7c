"""The transition table: every act a person may ask, joined from the parts of a case's life; duplicates are refused."""

from collections.abc import Iterable

from services.ledger.domain import branches, competence, deciding
from services.ledger.domain.acts import Asker, Note, RefusedError
from services.ledger.domain.life import (
    asking,
    consulting,
    correcting,
    dispatching,
    ending,
    finishing,
    inspecting,
    merging,
    reopening,
    returning,
    reviewing,
    satisfaction,
    stages,
    unmerging,
    working,
)
from services.ledger.domain.life.transition import Asked, Transition
from services.ledger.domain.life.who import watches
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle import approving, evaluation, joint_handling, report_in


def joined(*parts: Iterable[Transition]) -> dict[type, Transition]:
    """Return the table by act.

    Raises:
        ValueError: two parts claim the same act.
    """
    table: dict[type, Transition] = {}
    for transition in (transition for part in parts for transition in part):
        if transition.act in table:
            raise ValueError(f"two transitions claim {transition.act.__name__}")
        table[transition.act] = transition
    return table


TABLE = joined(
    dispatching.TRANSITIONS,
    consulting.TRANSITIONS,
    working.TRANSITIONS,
    returning.TRANSITIONS,
    correcting.TRANSITIONS,
    asking.TRANSITIONS,
    reviewing.TRANSITIONS,
    finishing.TRANSITIONS,
    ending.TRANSITIONS,
    reopening.TRANSITIONS,
    satisfaction.TRANSITIONS,
    inspecting.TRANSITIONS,
    merging.TRANSITIONS,
    unmerging.TRANSITIONS,
    stages.TRANSITIONS,
    approving.TRANSITIONS,
    report_in.TRANSITIONS,
    joint_handling.TRANSITIONS,
    evaluation.TRANSITIONS,
    deciding.TRANSITIONS,
    branches.TRANSITIONS,
    competence.TRANSITIONS,
)


def may(transition: Transition, case: TakenCase, asker: Asker) -> bool:
    """Whether the person may do this to the case, whatever else the act needs; who only watches may urge."""
    return transition.by(case, asker) and (transition.act is Note or not watches(asker))


def perform(case: TakenCase, asked: Asked) -> None:
    """Let a person's act take effect on a settled case.

    Raises:
        RefusedError: the state does not allow it, the person may not, or something it needs is missing.
    """
    transition = TABLE[type(asked.act)]
    if case.case.state not in transition.source:
        raise RefusedError("not-in-this-state", f"a case that is {case.case.state} cannot take this act")
    if not may(transition, case, asked.asker):
        raise RefusedError("not-yours-to-do", "your role or unit may not do this to this case")
    transition.do(case, asked)
