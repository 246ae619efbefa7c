"""One run of the simulated week against a running system."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Final

import asyncpg
import httpx2
import msgspec
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.doors import CALL_SECONDS_MAX, Doors
from deploy.demo.city.people import People
from deploy.demo.city.plans import Plans
from deploy.demo.city.quiet import Quiet
from deploy.demo.city.reactions import Reactions
from deploy.demo.city.stepped_clock import SteppedClock
from deploy.demo.city.week import SimulatedWeek
from deploy.demo.district import sample_district
from deploy.demo.happenings import Happenings, Watched
from deploy.demo.moments import WEEK_ENDS_AT, WEEK_STARTS_AT
from deploy.demo.reports import DemoReport, Week
from deploy.embedded.running import System
from deploy.embedded.state import PROJECT
from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.model.policies import Policies

REFERENCE: Final = PROJECT / "deploy" / "reference"
WORKERS: Final = ("router", "ledger", "notify", "board")
SUPERUSER: Final = "postgres"


@asynccontextmanager
async def simulated_week(
    system: System, *, seed: int, count: int, progress: Callable[[datetime], None], happenings: bool = False
) -> AsyncIterator[SimulatedWeek]:
    """Connect everything the simulated week needs, and give it ready to run.

    `happenings`: beside what the seed draws, also what every demo has.
    """
    async with AsyncExitStack() as stack:
        superuser = await connected(stack, system.postgres.dsn(SUPERUSER))
        operator = await connected(stack, system.postgres.dsn("operator"))
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False))
        asking, reading = (
            AIOKafkaConsumer(
                bootstrap_servers=system.values["WHISTLE_KAFKA"], enable_auto_commit=False, fetch_max_wait_ms=10
            )
            for _ in range(2)
        )
        for consumer in (asking, reading):
            await consumer.start()
            stack.push_async_callback(consumer.stop)
        plans, reports = Plans(), _reports(seed, count, happenings=happenings)
        behaviour = Watched(seed, in_view=frozenset(report.serial for report in reports[count:]))
        yield SimulatedWeek(
            reports=reports,
            ends_at=WEEK_ENDS_AT,
            clock=SteppedClock(superuser, WEEK_STARTS_AT),
            quiet=Quiet(superuser, asking, http, {name: system.url(name) for name in WORKERS}),
            consumer=reading,
            connection=superuser,
            operator=operator,
            doors=Doors(http, system.url("intake-api"), system.url("desk")),
            people=await People.of(operator),
            reactions=Reactions(behaviour=behaviour, calendar=_calendar(), policies=_policies(), plans=plans),
            plans=plans,
            progress=progress,
        )


async def connected(stack: AsyncExitStack, dsn: str, *, seconds_max: float = 30) -> Any:
    """Return a connection that is closed with `stack`; `seconds_max` is its deadline and that of one statement."""
    connection = await asyncpg.connect(
        dsn, timeout=seconds_max, command_timeout=seconds_max, server_settings={"timezone": "UTC"}
    )
    stack.push_async_callback(connection.close)
    return connection


def _reports(seed: int, count: int, *, happenings: bool) -> list[DemoReport]:
    district = sample_district()
    drawn = list(Week(district, seed).reports(count))
    return [*drawn, *Happenings(district, seed).reports(count)] if happenings else drawn


def _calendar() -> Any:
    years = sorted((REFERENCE / "calendars").glob("*.json"))
    decoded = [msgspec.json.decode(path.read_bytes(), type=CalendarYear) for path in years]
    return calendar_of(decoded, _policies().day_mode)


def _policies() -> Policies:
    return msgspec.json.decode((REFERENCE / "policies.json").read_bytes(), type=Policies)
