"""When the steps of a ladder are owed: from a clock's start and limit, by the calendar of its version."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from services.reference.model.policies import AfterDue, DayEnd, Fraction, Ladder, Rung
from services.worktime.arithmetic import add, fraction_instant
from services.worktime.calendar import Calendar
from services.worktime.limits import Limit

DAY: Final = timedelta(days=1)

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
            case DayEnd():
                instants.append(day_end(started_at, calendar))
    return min(instants)


def day_end(instant: datetime, calendar: Calendar) -> datetime:
    """Return closing time of the local working day of `instant`; once that has come, or on a day off, of the next.

    Raises:
        UnknownYearError: the calendar does not know the year.
    """
    day = instant.astimezone(calendar.zone).date()
    while not calendar.is_working_day(day) or calendar.shifts_on(day)[-1][1] <= instant:
        day += DAY
    return calendar.shifts_on(day)[-1][1]


def rung_of(ladder: Ladder, step: str) -> Rung:
    """Return the rung of `step`; a clock's next step always stands on its ladder."""
    return next(rung for rung in ladder.rungs if rung.step == step)


def rung_after(ladder: Ladder, step: str) -> Rung | None:
    """Return the rung above `step`, or None at the top."""
    index = next(index for index, rung in enumerate(ladder.rungs) if rung.step == step)
    return ladder.rungs[index + 1] if index + 1 < len(ladder.rungs) else None
