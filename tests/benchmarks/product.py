"""The product under measurement: the whole embedded system with the sample district, and ways to ask it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import httpx2

from deploy.demo.city.people import People
from deploy.demo.preparing import load_district
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings
from tests.benchmarks.report import Report
from tests.benchmarks.route import PRODUCT, Route

SERVERS: Final = ("kafka", "postgres")
ONCE: Final = ("migrate", "topics")
VALUES: Final = {"WHISTLE_TRUSTED_PROXIES": "127.0.0.1"}
"""Every report comes from an address of its own, told as a proxy would: the token bucket stays on."""
CALL_SECONDS_MAX: Final = 60.0
OPERATOR_UNIT: Final = "district_command_center"


COMPARING: Final = "select ledger.comparison_is_owed()"


@dataclass(slots=True, kw_only=True)
class Bench:
    """What every measurement gets."""

    system: System
    connection: Any
    """The superuser's; its session is in UTC."""
    http: httpx2.AsyncClient
    people: People
    report: Report
    quick: bool

    @property
    def services(self) -> tuple[str, ...]:
        """The long-running services, without the servers."""
        return tuple(name for name in self.system.names if name not in (*SERVERS, *ONCE))

    @property
    def route(self) -> Route:
        return Route(
            url=self.system.url("intake-api"),
            connection=self.connection,
            tables=PRODUCT,
            pids=lambda: {name: self.system.pid(name) for name in (*self.services, *SERVERS)},
            folder=self.system.state.folder,
        )

    @property
    def center_token(self) -> str:
        """The token of somebody who sees every ordinary case."""
        return self.people.token(OPERATOR_UNIT, "center_operator")

    async def now(self) -> Any:
        """Return the database's instant."""
        return await self.connection.fetchval("select clock.now()")

    async def all_is_compared(self, within_seconds: float) -> bool:
        """Wait until the ledger has compared what came, and merged what is alike; return whether it has."""
        ends = time.monotonic() + within_seconds
        while await self.connection.fetchval(COMPARING):
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(0.5)
        return True


def settings(name: str, say: Callable[[str], None], *, fresh: bool, only: tuple[str, ...] = ()) -> Settings:
    """Return the settings of a benchmark's system, beside any other on this machine."""
    return Settings.on_free_ports(
        State.named(name),
        only=only,
        fresh=fresh,
        say=say,
        values=VALUES,
        prepare=load_district if fresh and only != SERVERS else lambda _: None,
    )


@asynccontextmanager
async def connected(system: System, report: Report, *, quick: bool) -> AsyncIterator[Bench]:
    """Connect to a running system with the sample district in it."""
    async with AsyncExitStack() as stack:
        connection = await asyncpg.connect(system.postgres.dsn("postgres"), server_settings={"timezone": "UTC"})
        stack.push_async_callback(connection.close)
        operator = await asyncpg.connect(system.postgres.dsn("operator"))
        stack.push_async_callback(operator.close)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False))
        people = await People.of(operator)
        yield Bench(system=system, connection=connection, http=http, people=people, report=report, quick=quick)
