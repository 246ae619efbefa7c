"""The city's reactions, watched: what is closed is noted, and what has lain about for a month is looked at again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.city.reactions import A_MOMENT, Reactions
from services.contracts.events import CaseProgressed
from services.contracts.events.life import Reopened
from services.contracts.events.progress import Closed
from services.ledger.domain.acts import SignIn
from services.ledger.domain.state import CENTER

LEFT_ALONE: Final = timedelta(days=30)
LOOKED_AT_EVERY: Final = timedelta(days=5)


@dataclass(slots=True, kw_only=True)
class Watched(Reactions):
    """Whoever plans by a fact may be overtaken: the case got another lead meanwhile. A month later somebody notices."""

    left_open: frozenset[int]
    closed: set[int] = field(default_factory=set)
    _open: dict[int, CaseProgressed] = field(default_factory=dict)
    """The last fact of each case that is not closed."""
    _looked_at: dict[int, datetime] = field(default_factory=dict)

    def on(self, event: CaseProgressed, serial: int) -> None:
        """Let the city react, and note where the case stands."""
        self._open[serial] = event
        match event.what:
            case Closed():
                self.closed.add(serial)
                del self._open[serial]
            case Reopened():
                self.closed.discard(serial)
            case _:
                pass
        Reactions.on(self, event, serial)

    def look_again(self, now: datetime) -> None:
        """Let the present lead go on with what has been open for a month, but for what is to stay open."""
        for serial, event in self._open.items():
            looked_at = self._looked_at.get(serial, event.accepted_at + LEFT_ALONE - LOOKED_AT_EVERY)
            if serial not in self.left_open and serial not in self.closed and now - looked_at >= LOOKED_AT_EVERY:
                self._looked_at[serial] = now
                self._go_on(event, serial, now)

    def _go_on(self, event: CaseProgressed, serial: int, now: datetime) -> None:
        match event.state:
            case "handled":
                self._on_handled(event, serial)
            case "consulting":
                self._plan_dispatch(event, serial)
            case _ if event.lead == CENTER:
                self._plan_dispatch(event, serial)
            case _:
                self._plan(serial, now, event.lead, SignIn())
                self._plan_handling(serial, now + A_MOMENT, event)
