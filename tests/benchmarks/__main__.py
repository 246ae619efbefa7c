"""`make bench`, `make bench-quick`: measure in the order of importance, write `bench.json`, print the table."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from deploy.embedded.state import PROJECT
from deploy.embedded.system import running_system
from tests.benchmarks.load.bodies import bodies
from tests.benchmarks.load.wrk import NoLoadGeneratorError, require_wrk
from tests.benchmarks.machine import this_commit, this_machine
from tests.benchmarks.measuring.bulk import measure_bulk
from tests.benchmarks.measuring.deciding import measure_decisions
from tests.benchmarks.measuring.duplicates import measure_duplicates
from tests.benchmarks.measuring.footprint import measure_memory, measure_start
from tests.benchmarks.measuring.latency import measure_latency
from tests.benchmarks.measuring.lifecycles import measure_lifecycles
from tests.benchmarks.measuring.million import measure_million
from tests.benchmarks.measuring.recovery import measure_broker, measure_workers
from tests.benchmarks.measuring.replaying import measure_replay_of_file, measure_replay_of_ledger
from tests.benchmarks.measuring.steps import (
    count_wrong_steps,
    measure_many_steps,
    measure_single_steps,
    measure_steps_under_load,
)
from tests.benchmarks.measuring.throughput import compare_with_bare, measure_bare, measure_product
from tests.benchmarks.measuring.yardstick import measure_yardstick
from tests.benchmarks.product import SERVERS, Bench, connected, settings
from tests.benchmarks.report import Report
from tests.benchmarks.route import Measured

MINUTES_MAX: Final = 40.0
MINUTES_MAX_QUICK: Final = 2.75
SUSTAINED_SECONDS: Final = 60.0
SUSTAINED_SECONDS_QUICK: Final = 15.0

Measurement = tuple[str, Callable[[], Awaitable[None]]]


def main() -> int:
    """Measure; return 0, also when a goal is missed: figures are printed, not gated."""
    arguments = _arguments()
    console = Console(width=max(Console().width, 140))
    try:
        require_wrk()
    except NoLoadGeneratorError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    ends = time.monotonic() + 60 * (MINUTES_MAX_QUICK if arguments.quick else MINUTES_MAX)
    report = Report(
        path=arguments.out, machine=this_machine(), commit=this_commit(), quick=arguments.quick, console=console
    )
    run = Run(report, arguments, ends)
    run.measure()
    report.write()
    report.show()
    return 0


class Run:
    """One run: bare route, product, bare route again, each on fresh data; then all else of the product.

    A quick run, or one without the bare route, goes through the product once.
    """

    def __init__(self, report: Report, arguments: argparse.Namespace, ends: float) -> None:
        self._report = report
        self._quick: bool = arguments.quick
        self._services = tuple(filter(None, arguments.services.split(",")))
        self._chosen = tuple(filter(None, arguments.measure.split(",")))
        self._ends = ends
        self._bodies = bodies()
        self._seconds = SUSTAINED_SECONDS_QUICK if self._quick else SUSTAINED_SECONDS
        self._bare: list[Measured] = []

    def measure(self) -> None:
        """Measure everything, or what was chosen, until the time is up."""
        self._measure_bare("bare")
        if self._bare and not self._quick:
            self._with_product(self._measure_throughput, fresh=True)
            self._measure_bare("bare_again")
            self._with_product(self._measure_all_else, fresh=False)
        else:
            self._with_product(self._measure_throughput, self._measure_all_else, fresh=True)
        if self._wanted("start"):
            measure_start("bench", self._services, self._say, self._report)

    def _measure_bare(self, turn: str) -> None:
        if not self._wanted("bare route"):
            return
        with running_system(settings("bench-bare", self._say, fresh=True, only=SERVERS)) as system:
            measured = measure_bare(system, self._seconds, self._report, turn)
            if not self._bare:
                measure_yardstick(system, self._report)
        self._bare.append(measured)
        compare_with_bare(self._report, self._bare)

    def _with_product(self, *measures: Callable[[Bench], Awaitable[None]], fresh: bool) -> None:
        with running_system(settings("bench", self._say, fresh=fresh, only=self._services)) as system:

            async def run() -> None:
                async with connected(system, self._report, quick=self._quick) as bench:
                    for measure in measures:
                        await measure(bench)

            asyncio.run(run())

    async def _measure_throughput(self, bench: Bench) -> None:
        await self._measured("throughput", lambda: measure_product(bench, self._seconds))
        compare_with_bare(self._report, self._bare)

    async def _measure_all_else(self, bench: Bench) -> None:
        for name, measurement in self._measurements(bench):
            await self._measured(name, measurement)
        await count_wrong_steps(bench)
        measure_memory(bench)

    def _measurements(self, bench: Bench) -> Sequence[Measurement]:
        told, quick = self._bodies, self._quick
        always: list[Measurement] = [
            ("steps", lambda: measure_many_steps(bench, told, 10_000, "steps_10k_s")),
            ("single steps", lambda: measure_single_steps(bench, told)),
            ("latency", lambda: measure_latency(bench, told, 6 if quick else 30)),
            ("bulk", lambda: measure_bulk(bench, told, 2 if quick else 8)),
            ("lifecycles", lambda: measure_lifecycles(bench, told, 500 if quick else 4_000)),
            ("decisions", lambda: measure_decisions(bench, told)),
            ("replay", lambda: measure_replay_of_file(bench)),
            ("workers", lambda: measure_workers(bench, told)),
            ("broker", lambda: measure_broker(bench, told)),
        ]
        full: list[Measurement] = [
            ("steps 100k", lambda: measure_steps_under_load(bench, told, 100_000, 50)),
            ("million", lambda: measure_million(bench, told, self._seconds)),
            ("replay of the ledger", lambda: measure_replay_of_ledger(bench)),
        ]
        # Last: what it leaves to merge goes on behind the route.
        last: Measurement = ("duplicates", lambda: measure_duplicates(bench))
        return [*always, last] if quick else [*always, *full, last]

    async def _measured(self, name: str, measurement: Callable[[], Awaitable[None]]) -> None:
        if not self._wanted(name):
            return
        self._report.console.print(f"[bold]{name}[/bold]")
        try:
            await measurement()
        except (TimeoutError, RuntimeError, LookupError) as error:
            self._report.console.print(f"[red]{name}: {error!r}[/red]")
            self._report.detail(**{f"failed_{name.replace(' ', '_')}": repr(error)[:300]})

    def _wanted(self, name: str) -> bool:
        if self._chosen and name not in self._chosen:
            return False
        if time.monotonic() > self._ends:
            self._report.console.print(f"[yellow]no time left for {name}[/yellow]")
            return False
        return True

    def _say(self, line: str) -> None:
        if line.endswith((": restarting", "behind by an earlier run")):
            self._report.console.print(f"[dim]{line}[/dim]")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="The goals of the design, measured.")
    parser.add_argument("--quick", action="store_true", help="the same in three minutes")
    parser.add_argument("--services", default="", help="only these services and what they need, comma between")
    parser.add_argument("--measure", default="", help="only these measurements, comma between")
    parser.add_argument("--out", type=Path, default=PROJECT / "bench.json", help="where the figures go")
    return parser.parse_args()


if __name__ == "__main__":
    status = main()
    sys.exit(status)
