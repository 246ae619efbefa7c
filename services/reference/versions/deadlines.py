"""What a draft does to deadlines: how many fall earlier or later, and by how much."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.contracts.events.dispatch import Limits
from services.worktime.arithmetic import add
from services.worktime.calendar import Calendar, UnknownYearError
from services.worktime.limits import Limit

HOUR: Final = timedelta(hours=1)
CLOCKS: Final = ("promise", "handling")


@dataclass(slots=True)
class Effect:
    """What happens to one clock."""

    earlier: int = 0
    later: int = 0
    hours: float = 0.0
    """Clock hours in all, later less earlier."""
    undated: int = 0
    """Reports of years that one of the calendars does not know: their deadlines cannot be compared."""

    def note(self, before: datetime, after: datetime) -> None:
        self.earlier += after < before
        self.later += after > before
        self.hours += (after - before) / HOUR


@dataclass(slots=True)
class Deadlines:
    """Compares deadlines that start at acceptance; handling starts with the assignment, seconds later."""

    before: Calendar
    after: Calendar
    effects: dict[str, Effect] = field(default_factory=lambda: {clock: Effect() for clock in CLOCKS})
    calendars_differ: bool = field(init=False)

    def __post_init__(self) -> None:
        self.calendars_differ = self.before != self.after

    def note(self, accepted_at: datetime, before: Limits, after: Limits) -> None:
        """Take one report whose limits or whose calendar differ."""
        self._note("promise", accepted_at, before.promise, after.promise)
        self._note("handling", accepted_at, before.handling, after.handling)

    def _note(self, clock: str, accepted_at: datetime, before: str, after: str) -> None:
        if before == after and not self.calendars_differ:
            return
        effect = self.effects[clock]
        try:
            dues = [
                add(accepted_at, Limit.parse(limit), calendar)
                for limit, calendar in ((before, self.before), (after, self.after))
            ]
        except UnknownYearError:
            effect.undated += 1
        else:
            effect.note(*dues)

    def told(self) -> dict[str, dict[str, float]]:
        """Return the effects by clock; `hours` is the mean of the deadlines that moved."""
        return {
            clock: {
                "earlier": effect.earlier,
                "later": effect.later,
                "hours": round(effect.hours / max(effect.earlier + effect.later, 1), 2),
                "undated": effect.undated,
            }
            for clock, effect in self.effects.items()
        }
