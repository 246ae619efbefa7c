"""One machine, and on it each service of the route once, twice, four times."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from deploy.embedded.running import System
from tests.benchmarks.cpu import memory_mib
from tests.benchmarks.growth.document import Instances
from tests.benchmarks.load.alike import apart
from tests.benchmarks.product import Bench
from tests.benchmarks.route import Measured, Route, bodies_for, measure_sent_once
from tests.environment.another import Another, start_another

ROUTE: Final = ("intake-api", "intake-relay", "router", "ledger", "sla", "board", "notify", "appraisal")
DOOR: Final = "intake-api"
COUNTS: Final = (1, 2, 4)


async def measure_instances(bench: Bench, seconds: float) -> list[Instances]:
    """Measure the same load with so many instances of each; those that are added end with this call."""
    found: list[Instances] = []
    others: list[Another] = []
    try:
        for count in COUNTS:
            others += await _added(bench.system, count, others)
            bodies = apart(bodies_for(seconds), f"{count} instances")
            measured = await measure_sent_once(_with(bench.route, others), bodies, seconds)
            found.append(_found(count, measured, bench, others))
            bench.report.console.print(found[-1])
    finally:
        for other in others:
            await asyncio.to_thread(other.end)
    return found


async def _added(system: System, count: int, there: Sequence[Another]) -> list[Another]:
    """Start what is missing to so many of each, and wait until all work."""
    names = {f"{service}-{number}": service for number in range(2, count + 1) for service in ROUTE}
    known = {other.name for other in there}
    added = [
        start_another(system, service, name, more={}, environment={})
        for name, service in names.items()
        if name not in known
    ]
    for other in added:
        await other.until_ready()
    return added


def _with(route: Route, others: Sequence[Another]) -> Route:
    pids = route.pids
    more = {other.name: other.child.pid for other in others}
    doors = [other.url for other in others if other.name.startswith(DOOR)]
    return replace(route, other_doors=doors, pids=lambda: {**pids(), **more})


def _found(count: int, measured: Measured, bench: Bench, others: Sequence[Another]) -> Instances:
    own = (bench.system.pid(name) for name in bench.services)
    pids = [pid for pid in own if pid is not None] + [other.child.pid for other in others]
    return Instances(
        count=count,
        cases_per_s=measured.cases_per_s,
        cpu_us=measured.cpu_us,
        answer_p50_ms=measured.load.p50_ms,
        answer_p99_ms=measured.load.p99_ms,
        lag_s=measured.last_lag_seconds,
        services_mib=sum(map(memory_mib, pids)),
        us_of=_by_service(measured.cpu_us_per_case),
    )


def _by_service(us_of: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, us in us_of.items():
        service = name.rstrip("-0123456789")
        found[service] = found.get(service, 0.0) + us
    return found
