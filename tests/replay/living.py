"""A replay put together: the sample district's people, the doors they use, the clock, and who kills services."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from deploy.demo.city.quiet import Quiet
from deploy.demo.city.week import SimulatedWeek
from deploy.demo.living import SUPERUSER, connected, simulated_week
from deploy.demo.moments import WEEK_STARTS_AT
from deploy.embedded.running import System
from tests.replay.acting import Acting
from tests.replay.killing import Killer
from tests.replay.knocking import Door
from tests.replay.people import Finishing, left_open, open_of
from tests.replay.reporting import Reporting
from tests.replay.watching import Watched
from tests.replay.windows import Windows
from tests.replay.year import Year

DAYS_MAX: Final = 600
"""After so many simulated days everything has been finished that ever will be."""
ASKED_PER_REPORT: Final = 5
"""The report and more than four acts."""
QUIET_SECONDS_MAX: Final = 180.0
"""A killed worker is back long before."""
COUNT_SECONDS_MAX: Final = 300.0
DECIDERS: Final = ("router", "ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is replayed."""

    reports: int
    seed: int
    kills: int
    """About so many."""
    slack: timedelta
    """Nothing that is planned or owed waits longer than this for time to move; nothing that is planned becomes late."""

    @property
    def closed(self) -> int:
        return self.reports - open_of(self.reports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replay ready to run."""

    plan: Plan
    year: Year
    killer: Killer
    left_open: frozenset[int]
    counting: Any
    """A connection that may count for long."""

    def serial_of(self, number: str) -> int:
        """Return which report was given this number."""
        return self.year.reporting.serials[number]


@asynccontextmanager
async def replaying(
    system: System, plan: Plan, progress: Callable[[Year], None] = lambda _: None
) -> AsyncIterator[Replay]:
    """Connect everything; `progress` hears after each step of time."""

    def kill(name: str) -> bool:
        there = system.pid(name) is not None
        system.kill(name)
        return there

    every = plan.reports * ASKED_PER_REPORT // plan.kills if plan.kills else 0
    killer = Killer(kill=kill, seed=plan.seed, every=every)
    async with AsyncExitStack() as stack:
        week = await stack.enter_async_context(
            simulated_week(system, seed=plan.seed, count=plan.reports, progress=lambda _: None)
        )
        counting = await connected(stack, system.postgres.dsn(SUPERUSER), seconds_max=COUNT_SECONDS_MAX)
        doors = {name: stack.enter_context(_door(system.url(name))) for name in ("intake-api", "desk")}
        stay_open = left_open(week.reports, open_of(plan.reports), plan.seed)
        year = _year(week, plan, doors, killer, stay_open, progress)
        # The week's own asks the broker a hundred times a second whether there is anything new.
        year.consumer = AIOKafkaConsumer(bootstrap_servers=system.values["WHISTLE_KAFKA"], enable_auto_commit=False)
        await year.consumer.start()
        stack.push_async_callback(year.consumer.stop)
        yield Replay(plan=plan, year=year, killer=killer, left_open=stay_open, counting=counting)


@contextmanager
def _door(url: str) -> Iterator[Door]:
    door = Door(url)
    try:
        yield door
    finally:
        door.close()


def _year(
    week: SimulatedWeek,
    plan: Plan,
    doors: dict[str, Door],
    killer: Killer,
    stay_open: frozenset[int],
    progress: Callable[[Year], None],
) -> Year:
    windows = Windows(slack=plan.slack)
    week.quiet.seconds_max = QUIET_SECONDS_MAX
    deciders = {name: week.quiet.workers[name] for name in DECIDERS}
    return Year(
        clock=week.clock,
        connection=week.connection,
        consumer=week.consumer,
        settled=Quiet(week.connection, week.quiet.consumer, week.quiet.http, deciders, QUIET_SECONDS_MAX),
        quiet=week.quiet,
        reporting=Reporting(door=doors["intake-api"], reports=week.reports, people=week.people, killer=killer),
        acting=Acting(door=doors["desk"], people=week.people, killer=killer),
        reactions=Watched(
            behaviour=Finishing(plan.seed, left_open=stay_open),
            calendar=week.reactions.calendar,
            policies=week.reactions.policies,
            plans=windows,
            windows=windows,
            left_open=stay_open,
        ),
        windows=windows,
        slack=plan.slack,
        ends_at=WEEK_STARTS_AT + timedelta(days=DAYS_MAX),
        closed_in_all=plan.closed,
        progress=progress,
    )
