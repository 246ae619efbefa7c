"""Cases per second into the queue, product and bare route, with CPU per case."""

import asyncio

from deploy.embedded.running import System
from tests.benchmarks.bare_route.running import bare_route
from tests.benchmarks.load.alike import apart
from tests.benchmarks.product import Bench
from tests.benchmarks.report import Report
from tests.benchmarks.route import Measured, bodies_for, measure_sent_once


def measure_bare(system: System, seconds: float, report: Report) -> Measured:
    """Load the bare route on its own servers."""

    async def run() -> Measured:
        async with bare_route(system) as route:
            return await measure_sent_once(route, apart(bodies_for(seconds), "route"), seconds)

    measured = asyncio.run(run())
    report.cpu["bare route"] = measured.cpu_us_per_case
    _note(report, "bare", measured)
    return measured


async def measure_product(bench: Bench, seconds: float, bare: Measured | None) -> None:
    """Load the product; compare it with the bare route of the same run.

    With reports that are about different things: what is merged is measured by itself (`duplicates`).
    """
    measured = await measure_sent_once(bench.route, apart(bodies_for(seconds), "route"), seconds)
    report = bench.report
    report.cpu["product"] = measured.cpu_us_per_case
    _note(report, "product", measured)
    lag = f"lag {measured.queue_lag_seconds:.1f} s to the queue, {measured.last_lag_seconds:.1f} s to the last consumer"
    report.found(lag, queue_cases_per_s=measured.cases_per_s)
    report.found("all processes together", cpu_us_per_case=measured.cpu_us)
    if bare is not None:
        note = f"bare route: {bare.cases_per_s:.0f} cases/s, {bare.cpu_us:.0f} µs"
        report.found(note, share_of_bare_route=100 * measured.cases_per_s / bare.cases_per_s)


def _note(report: Report, name: str, measured: Measured) -> None:
    load = measured.load
    report.detail(
        **{
            f"{name}_cases": float(measured.cases),
            f"{name}_sustained": measured.is_sustained,
            f"{name}_answer_p50_ms": load.p50_ms,
            f"{name}_answer_p99_ms": load.p99_ms,
            f"{name}_refused": float(load.refused + load.broken),
            f"{name}_queue_lag_s": measured.queue_lag_seconds,
            f"{name}_last_lag_s": measured.last_lag_seconds,
        }
    )
