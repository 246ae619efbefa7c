"""One row of the transition table: which act, from where, by whom, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.events import Actor
from services.contracts.events.progress import State
from services.ledger.domain.acts import Asker
from services.ledger.domain.city import City
from services.ledger.domain.life.who import Who
from services.ledger.domain.taken import TakenCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An act with everything it is judged by: who, when, under which reference version."""

    act: Any  # the act type that the table's row names
    asker: Asker
    now: datetime
    city: City
    beside: Mapping[UUID, TakenCase] = field(default_factory=dict)
    """The other cases that were taken for the act, by id."""

    @property
    def actor(self) -> Actor:
        return Actor(unit=self.asker.unit, role=self.asker.role, person=self.asker.person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """`to` is None where the act decides the state or leaves it; `needs` and `fact` say the rest of the table's row."""

    act: type
    by: Who
    source: frozenset[State]
    to: State | None = None
    needs: str
    fact: str
    do: Callable[[TakenCase, Asked], None]


REQUESTED: frozenset[State] = frozenset({"extension_requested", "suspension_requested", "termination_requested"})
"""States in which the lead has asked for something and works on meanwhile."""
WORKING: frozenset[State] = REQUESTED.union({"dispatched", "in_progress", "rework", "return_requested"})
"""States in which departments work on it."""
OPEN: frozenset[State] = WORKING.union({"consulting", "handled"})
"""States in which a case is with somebody and its promise runs."""
