"""When things are reported in the simulated week: Monday 2026-03-02 to Sunday 2026-03-08, mostly by day."""

from datetime import UTC, datetime, timedelta
from typing import Final

from deploy.demo.draws import Draws
from services.worktime.calendar import SHANGHAI

WEEK_STARTS_AT: Final = datetime(2026, 3, 2, tzinfo=SHANGHAI).astimezone(UTC)
WEEK_ENDS_AT: Final = WEEK_STARTS_AT + timedelta(days=7)
_DAYS: Final = tuple(enumerate((1.25, 1.1, 1.0, 1.0, 1.05, 0.65, 0.55)))
_HOURS: Final = tuple(
    enumerate((0.3, 0.2, 0.2, 0.2, 0.3, 0.6, 1.5, 3, 6, 7, 7, 6, 4, 4, 6, 6, 6, 5, 5, 4, 3.5, 2.5, 1.5, 0.7))
)


def moment(draws: Draws) -> datetime:
    """Return an instant of the week, in UTC and whole seconds."""
    day, hour = draws.weighted(_DAYS), draws.weighted(_HOURS)
    return WEEK_STARTS_AT + timedelta(days=day, hours=hour, seconds=draws.below(3600))


def soon_after(earlier: datetime, draws: Draws) -> datetime:
    """Return an instant 5 minutes to 3 hours later, still in the week."""
    return min(earlier + timedelta(minutes=5 + draws.below(175)), WEEK_ENDS_AT - timedelta(seconds=1))
