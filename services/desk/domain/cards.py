"""Cards: how far a case has climbed, read from the steps that took effect and the policy that names their colours."""

from collections.abc import Iterable
from typing import Final

import msgspec

from services.contracts.events.progress import Card, Step
from services.reference.model.policies import Policies

SEVERITY: Final[dict[Card, int]] = {"blue": 1, "yellow": 2, "red": 3}


class StepOnLadder(msgspec.Struct, frozen=True, array_like=True):
    """A step that took effect, with the ladder it stands on."""

    ladder: str
    step: Step


def worst_card(steps: Iterable[StepOnLadder], policies: Policies) -> Card | None:
    """Return the most severe card the steps have drawn, or None."""
    drawn = (card for taken in steps if (card := _card_of(taken, policies)) is not None)
    return max(drawn, key=SEVERITY.__getitem__, default=None)


def _card_of(taken: StepOnLadder, policies: Policies) -> Card | None:
    ladder = policies.ladders.get(taken.ladder)
    if ladder is None:
        return None
    return next((rung.card for rung in ladder.rungs if rung.step == taken.step), None)
