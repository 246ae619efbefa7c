"""Living through the reports: the simulated city, with people who finish all but some cases, while services die."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.city.week import SimulatedWeek
from deploy.demo.living import simulated_week
from deploy.demo.moments import WEEK_STARTS_AT
from deploy.embedded.running import System
from tests.replay.killing import CountedDoors, Killer
from tests.replay.people import Finishing, left_open, open_of
from tests.replay.watching import Watched

DAYS_MAX: Final = 120
"""After so many simulated days everything has been finished that ever will be."""
CALLS_PER_REPORT: Final = 5
QUIET_SECONDS_MAX: Final = 180.0
"""A killed worker is back long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is replayed."""

    reports: int
    seed: int
    kills: int
    """About so many."""
    grid: timedelta
    """Time moves in steps of this."""

    @property
    def closed(self) -> int:
        return self.reports - open_of(self.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replay ready to run."""

    week: SimulatedWeek
    reactions: Watched
    killer: Killer
    left_open: frozenset[int]

    def serial_of(self, number: str) -> int:
        """Return which report was given this number."""
        return self.week.serial_of(number)


@asynccontextmanager
async def replaying(
    system: System, plan: Plan, progress: Callable[[datetime, int], None] = lambda _, __: None
) -> AsyncIterator[Replay]:
    """Connect everything; `progress` hears the simulated instant and how many cases are closed."""
    killer = Killer(
        kill=system.kill,
        seed=plan.seed,
        every=plan.reports * CALLS_PER_REPORT // plan.kills if plan.kills else 0,
    )

    def ticked(at: datetime) -> None:
        watched.look_again(at)
        progress(at, len(watched.closed))

    async with simulated_week(system, seed=plan.seed, count=plan.reports, progress=ticked) as week:
        stay_open = left_open(week.reports, open_of(plan.reports), plan.seed)
        watched = Watched(
            behaviour=Finishing(plan.seed, left_open=stay_open),
            calendar=week.reactions.calendar,
            policies=week.reactions.policies,
            plans=week.plans,
            left_open=stay_open,
        )
        week.reactions = watched
        week.doors = CountedDoors(week.doors.http, week.doors.intake, week.doors.desk, killer)
        week.grid = plan.grid
        week.ends_at = WEEK_STARTS_AT + timedelta(days=DAYS_MAX)
        week.enough = lambda: len(watched.closed) >= plan.closed and week.all_reported
        week.quiet.seconds_max = QUIET_SECONDS_MAX
        yield Replay(week=week, reactions=watched, killer=killer, left_open=stay_open)
