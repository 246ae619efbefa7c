"""One measurement of a route, product or bare: load it, see it drain, divide."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from tests.benchmarks import cpu
from tests.benchmarks.load.wrk import Load, wrk_together

WARM_UP_SHARE: Final = 0.3
"""Of the measured time: the broker's compiler alone takes seconds of CPU before it is fast."""
BODIES_A_SECOND: Final = 6_000
"""More than any machine so far has taken."""
DRAIN_SECONDS_MAX: Final = 120.0
POLL_SECONDS: Final = 0.1
LAG_SECONDS_MAX: Final = 2.0


@dataclass(frozen=True, slots=True)
class Tables:
    """How a route's database is asked how far it is: each gives a count, the first two also the last instant.

    Asked by the first id that counts, UUIDv7 as all are: counting a million older rows would cost more than the load.
    """

    accepted: str
    queued: str
    told: str


PRODUCT: Final = Tables(
    accepted="select count(*), max(accepted_at) from intake.reports where report_id >= $1",
    queued="""
        select count(*), max(opened_at) from ledger.assignments
        where case_id >= $1 and role = 'lead' and attempt = 1
    """,
    told="select count(*) from notify.messages where case_id >= $1 and version = 1",
)
BARE: Final = Tables(
    accepted="select count(*), max(accepted_at) from reports where report_id >= $1",
    queued="select count(*), max(opened_at) from assignments where case_id >= $1 and role = 'lead'",
    told="select count(*) from messages where case_id >= $1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A running route. `connection` may read its tables."""

    url: str
    other_doors: Sequence[str] = ()
    """Of further instances, where there are any."""
    connection: Any
    tables: Tables
    pids: cpu.Pids
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a route did under load."""

    load: Load
    cases: int
    seconds: float
    """From the first request to the last case in its queue."""
    queue_lag_seconds: float
    """Last case in the queue minus last report accepted, by the database's clock."""
    last_lag_seconds: float
    """From the end of the load until everything had been told."""
    cpu_us_per_case: Mapping[str, float]

    @property
    def cases_per_s(self) -> float:
        return self.cases / self.seconds

    @property
    def is_sustained(self) -> bool:
        clean = self.load.refused == self.load.broken == 0
        return clean and max(self.queue_lag_seconds, self.last_lag_seconds) <= LAG_SECONDS_MAX

    @property
    def cpu_us(self) -> float:
        return sum(self.cpu_us_per_case.values())


async def measure(
    route: Route, bodies: Sequence[str], seconds: float, *, warm_up: Sequence[str] | None = None
) -> Measured:
    """Warm the route up, load it for `seconds`, wait until all of it has arrived everywhere.

    Bodies are sent in turn; `warm_up` are those of the warm-up, where they must be others.
    """
    since = first_id(await route.connection.fetchval("select clock_timestamp()"))
    doors = (route.url, *route.other_doors)
    warming = bodies if warm_up is None else warm_up
    await wrk_together(doors, warming, seconds=WARM_UP_SHARE * seconds, folder=route.folder)
    before = await _drained(route, since)
    began: datetime = await route.connection.fetchval("select clock_timestamp()")
    used = cpu.used(route.pids())
    load = await wrk_together(doors, bodies, seconds=seconds, folder=route.folder)
    ended = time.monotonic()
    after = await _drained(route, since)
    last_lag = time.monotonic() - ended
    cases = after - before
    cpu_seconds = cpu.between(used, cpu.used(route.pids()))
    _, accepted_at = await route.connection.fetchrow(route.tables.accepted, since)
    _, queued_at = await route.connection.fetchrow(route.tables.queued, since)
    return Measured(
        load=load,
        cases=cases,
        seconds=(queued_at - began).total_seconds(),
        queue_lag_seconds=max((queued_at - accepted_at).total_seconds(), 0.0),
        last_lag_seconds=last_lag,
        cpu_us_per_case={name: seconds / cases * 1e6 for name, seconds in cpu_seconds.items()},
    )


async def measure_sent_once(route: Route, bodies: Sequence[str], seconds: float) -> Measured:
    """The same with bodies of which none is sent twice, also not in the warm-up: who says so again opens no case.

    Raises:
        RuntimeError: they did not suffice.
    """
    first = int(len(bodies) * WARM_UP_SHARE / (1 + WARM_UP_SHARE))
    measured = await measure(route, bodies[first:], seconds, warm_up=bodies[:first])
    if measured.load.requests > len(bodies) - first:
        raise RuntimeError(f"{measured.load.requests} reports were sent, and {len(bodies) - first} are there")
    return measured


def bodies_for(seconds: float) -> int:
    """Return how many bodies suffice on any machine so far, with the warm-up's."""
    return int((1 + WARM_UP_SHARE) * seconds * BODIES_A_SECOND)


def first_id(at: datetime) -> UUID:
    """Return the lowest UUIDv7 of an instant."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


async def _drained(route: Route, since: UUID) -> int:
    """Return the number of cases from `since` on when every report is in its queue and has been told of."""
    deadline = time.monotonic() + DRAIN_SECONDS_MAX
    tables = route.tables
    while True:
        told: int = await route.connection.fetchval(tables.told, since)
        queued: int = (await route.connection.fetchrow(tables.queued, since))[0]
        accepted: int = (await route.connection.fetchrow(tables.accepted, since))[0]
        if told >= queued >= accepted:
            return queued
        if time.monotonic() > deadline:
            raise TimeoutError(f"of {accepted} reports {queued} came into a queue and {told} were told of")
        await asyncio.sleep(POLL_SECONDS)
