"""The proving ground: one running system behind two wires, on which one scenario after another is played."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, Final

import asyncpg
import httpx2

from deploy.demo.city.people import People
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.running import System
from services.chassis.postgres import is_transient, postgres_pool
from services.chassis.settings import PostgresSettings
from services.reference.deciding.compile import CompiledReference
from services.reference.versions.cache import reference_cache
from tests.environment.another import Another, readiness, start_another
from tests.faults.checker import Findings
from tests.faults.load import History, Load
from tests.faults.wires import FAIR, Wire
from tests.waiting import eventually

CONNECTED_WITHIN: Final = 90.0
CALL_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.1
CLOCK: Final = "FAULT_CLOCK"
"""Lets a process's monotonic clock obey orders."""
NOTHING_LEFT: Final = """
    select not exists (select from intake.pending) and not exists (select from ledger.pending)
        and not exists (select from intake.reports r where not exists (
            select from ledger.cases c where c.case_id = r.report_id))
        and not exists (select from ledger.facts f where f.topic = 'case.progressed.v1'
            and not exists (select from notify.messages m where m.case_id = f.case_id and m.version = f.version))
        and not exists (select from ledger.facts f where f.topic = 'case.progressed.v1'
            and not exists (select from appraisal.facts a where a.case_id = f.case_id and a.version = f.version))
        and not exists (select from ledger.clocks where next_at <= (select clock.now()))
        and not exists (select from ledger.schedules where settled_at is null and next_at <= (select clock.now()))
"""


@dataclass(slots=True)
class Ground:
    """What a scenario may touch, and what is remembered from one to the next."""

    system: System
    wires: dict[str, Wire]
    """By the server behind it: kafka, postgres."""
    history: History = field(default_factory=History)
    """Of all scenarios played here."""
    known: Findings = field(default_factory=Findings)
    """What earlier scenarios have left wrong, so that each is blamed for its own."""
    seconds: dict[str, Another] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    """What acts have seen, for a scenario's own check."""
    serials: Any = field(default_factory=lambda: count(1))
    turns: Any = field(default_factory=lambda: count(1))
    load: Load | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    """What lives until a scenario's own check is done: receivers, watchers of the board."""
    _people: People | None = None

    def processes(self) -> dict[str, int]:
        """Return the pids of all services, second instances too."""
        own = {name: pid for name in self.system.names if (pid := self.system.pid(name))}
        return own | {name: second.child.pid for name, second in self.seconds.items()}

    def pid(self, name: str) -> int:
        return self.processes()[name]

    async def people(self) -> People:
        """Return everybody with a token; asked for once."""
        if self._people is None:
            operator = await asyncpg.connect(self.system.postgres.dsn("operator"), timeout=CONNECTED_WITHIN)
            self._people = await People.of(operator)
            await operator.close()
        return self._people

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        """Connect past the wires, as soon as PostgreSQL lets anybody in."""
        dsn = self.system.postgres.dsn("postgres")
        connect = partial(asyncpg.connect, dsn, timeout=CALL_SECONDS, command_timeout=120.0)
        (connection,) = await _sooner_or_later(connect)
        try:
            yield connection
        finally:
            connection.terminate()

    async def ask(self, sql: str, *values: Any) -> Any:
        """Return one value as the superuser; asks again while PostgreSQL is away."""

        async def asked() -> Any:
            async with self.superuser() as connection:
                return await connection.fetchval(sql, *values)

        return (await _sooner_or_later(asked))[0]

    async def reference(self) -> CompiledReference:
        """Return the version in force."""
        settings = PostgresSettings(dsn=self.system.postgres.dsn("operator"), password=None, pool_size=2)
        async with postgres_pool(settings) as pool, reference_cache(pool) as cache:
            return cache.latest()

    async def is_settled(self) -> bool:
        """Say whether everything is open, told, counted and settled."""
        return bool(await self.look(NOTHING_LEFT))

    async def look(self, sql: str, *values: Any) -> Any:
        """Return one value, after a pause where it is not there yet: who looks too often takes the others' time."""
        seen = await self.ask(sql, *values)
        if not seen:
            await asyncio.sleep(LOOK_SECONDS)
        return seen

    async def ready(self, name: str, *, port: int = 0) -> int:
        """Return the status of a service's readiness; 0 where nobody answers."""
        return await readiness(f"http://{LOOPBACK}:{port}" if port else self.system.url(name))

    async def metric(self, name: str, metric: str) -> float:
        """Return the sum over a metric's labels; 0 where nobody answers."""
        async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as http:
            with suppress(httpx2.HTTPError, OSError):
                told = (await http.get(f"{self.system.url(name)}/metrics")).text
                lines = [line for line in told.splitlines() if line.startswith((f"{metric} ", f"{metric}{{"))]
                return sum(float(line.split()[-1]) for line in lines)
        return 0.0

    def start_second(self, service: str, name: str, **more: str) -> Another:
        """Start another instance of a service under a name of its own; `more` are settings without their prefix."""
        self.seconds[name] = start_another(self.system, service, name, more=more, environment={CLOCK: "1"})
        return self.seconds[name]

    def end_second(self, name: str) -> None:
        """Let another instance drain and end; one that cannot is killed."""
        if second := self.seconds.pop(name, None):
            second.end()

    def clear_up(self) -> None:
        """End what a scenario may have left: bad weather, other instances."""
        for wire in self.wires.values():
            for owner in (*self.system.names, *self.seconds, "*"):
                wire.let(owner, FAIR)
        for name in list(self.seconds):
            self.end_second(name)


async def until(holds: Callable[[], Awaitable[bool]], within_seconds: float) -> None:
    """Return as soon as `holds`; fails when the time is over."""
    held: bool = await eventually(holds, within_seconds=within_seconds)
    assert held


async def _sooner_or_later(call: Callable[[], Awaitable[Any]]) -> list[Any]:
    answer: list[Any] = await eventually(partial(_tried, call), within_seconds=CONNECTED_WITHIN)
    return answer


async def _tried(call: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Return the answer in a list; an empty one while what is asked is away."""
    try:
        return [await call()]
    except Exception as error:
        if not is_transient(error):
            raise
        return []
