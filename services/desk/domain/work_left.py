"""How much of the office's time is left until something is due: six hours on a Friday afternoon end on Monday."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, Self

from services.ledger.domain.ladder import limit_of
from services.worktime.arithmetic import elapsed
from services.worktime.calendar import Calendar, UnknownYearError
from services.worktime.limits import Unit

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Limited(Protocol):
    """What is due after a limit: a clock, or an act that is allowed for a while."""

    @property
    def allowed(self) -> str:
        """The limit as the city writes it; empty where nobody knows it."""

    @property
    def due_at(self) -> datetime: ...


class Deadline(NamedTuple):
    """A limit without a clock of its own."""

    allowed: str
    due_at: datetime


class WorkLeft(NamedTuple):
    """Open time, in the calendar's own days; minutes are cut."""

    days: int
    hours: int
    minutes: int

    @classmethod
    def of(cls, open_time: timedelta, day_length: timedelta) -> Self:
        days, rest = divmod(open_time, day_length)
        hours, rest = divmod(rest, HOUR)
        return cls(days, hours, rest // MINUTE)


def work_left(clock: Limited, calendar: Calendar, at: datetime) -> WorkLeft | None:
    """Return the working time between `at` and the clock's due date, by its own calendar.

    None for a limit that runs day and night, for what is due already, and where the calendar ends before.
    """
    if not clock.allowed or clock.due_at <= at or not limit_of(clock.allowed).unit.follows_calendar:
        return None
    try:
        return WorkLeft.of(elapsed(at, clock.due_at, Unit.WORKING_HOUR, calendar), calendar.day_length)
    except UnknownYearError:
        return None
