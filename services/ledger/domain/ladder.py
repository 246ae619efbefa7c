"""When the steps of a ladder are owed: from a clock's start and limit, by the calendar of its version."""

from datetime import datetime
from functools import lru_cache

from services.reference.model.policies import AfterDue, Fraction, Ladder, Rung
from services.worktime.arithmetic import add, fraction_instant
from services.worktime.calendar import Calendar
from services.worktime.limits import Limit

limit_of = lru_cache(maxsize=1024)(Limit.parse)
"""A limit's text parsed once: a few dozen limits serve every case."""


def owed_at(rung: Rung, started_at: datetime, due_at: datetime, limit: str, calendar: Calendar) -> datetime:
    """Return when `rung` is owed for a clock with this start and limit; of several moments the earliest counts."""
    instants = []
    for moment in rung.at:
        match moment:
            case Fraction(share=1.0):
                instants.append(due_at)
            case Fraction(share=share):
                instants.append(fraction_instant(started_at, limit_of(limit), share, calendar))
            case AfterDue(limit=after):
                instants.append(add(due_at, limit_of(after), calendar))
    return min(instants)


def rung_of(ladder: Ladder, step: str) -> Rung:
    """Return the rung of `step`; a clock's next step always stands on its ladder."""
    return next(rung for rung in ladder.rungs if rung.step == step)


def rung_after(ladder: Ladder, step: str) -> Rung | None:
    """Return the rung above `step`, or None at the top."""
    index = next(index for index, rung in enumerate(ladder.rungs) if rung.step == step)
    return ladder.rungs[index + 1] if index + 1 < len(ladder.rungs) else None
