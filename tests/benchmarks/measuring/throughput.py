"""Cases per second into the queue, product and bare route, with CPU per case."""

import asyncio
from collections.abc import Sequence
from statistics import fmean
from typing import Final

from deploy.embedded.running import System
from tests.benchmarks.bare_route.running import bare_route
from tests.benchmarks.load.alike import apart
from tests.benchmarks.product import Bench
from tests.benchmarks.report import Report
from tests.benchmarks.route import Measured, bodies_for, measure_sent_once

THROUGHPUT: Final = "queue_cases_per_s"


def measure_bare(system: System, seconds: float, report: Report, name: str = "bare") -> Measured:
    """Load the bare route on its own servers; `name` is its turn's in the details."""

    async def run() -> Measured:
        async with bare_route(system) as route:
            return await measure_sent_once(route, apart(bodies_for(seconds), "route"), seconds)

    measured = asyncio.run(run())
    _note(report, name, measured)
    return measured


async def measure_product(bench: Bench, seconds: float) -> None:
    """Load the product with reports that are about different things: what is merged has `duplicates`."""
    measured = await measure_sent_once(bench.route, apart(bodies_for(seconds), "route"), seconds)
    report = bench.report
    report.cpu["product"] = measured.cpu_us_per_case
    _note(report, "product", measured)
    lag = f"lag {measured.queue_lag_seconds:.1f} s to the queue, {measured.last_lag_seconds:.1f} s to the last consumer"
    report.found(lag, **{THROUGHPUT: measured.cases_per_s})
    report.found("all processes together", cpu_us_per_case=measured.cpu_us)


def compare_with_bare(report: Report, turns: Sequence[Measured]) -> None:
    """Compare the product with the mean of the bare route's turns around it: the machine changes meanwhile."""
    if not turns:
        return
    names = turns[0].cpu_us_per_case
    report.cpu["bare route"] = {name: fmean(turn.cpu_us_per_case[name] for turn in turns) for name in names}
    product, bare = report.values.get(THROUGHPUT), fmean(turn.cases_per_s for turn in turns)
    if product is not None:
        told = " and ".join(f"{turn.cases_per_s:.0f} cases/s, {turn.cpu_us:.0f} µs" for turn in turns)
        report.found(f"bare route: {told}", share_of_bare_route=100 * product / bare)


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
