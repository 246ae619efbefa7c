"""`make growth`: the ledger at several sizes; prints a table and writes `growth.json`."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.embedded.state import PROJECT, State
from deploy.embedded.system import running_system
from tests.benchmarks.growth.asking import ask
from tests.benchmarks.growth.document import FIGURES, Growth, Instances, Size, read_growth
from tests.benchmarks.growth.filling import Filling
from tests.benchmarks.growth.instances import measure_instances
from tests.benchmarks.growth.restarting import kill_postgres
from tests.benchmarks.growth.sample import take_sample
from tests.benchmarks.load.bodies import bodies
from tests.benchmarks.load.wrk import NoLoadGeneratorError, require_wrk
from tests.benchmarks.machine import this_commit, this_machine
from tests.benchmarks.product import connected, settings
from tests.benchmarks.report import Report

NAME: Final = "growth"
INSTANCES: Final = "instances"
SIZES: Final = f"{INSTANCES},10k,100k,1m,10m-clocks"
CASES: Final = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m-clocks": 1_000_000}
CLOCKS: Final = {"10m-clocks": 10_000_000}
SECONDS: Final = 20.0
FRESH: Final = "10k"


def main() -> int:
    """Fill, ask and restart at each size; return 0, figures are printed and not gated."""
    arguments = _arguments()
    console = Console(width=max(Console().width, 140))
    try:
        require_wrk()
    except NoLoadGeneratorError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    growth = _begun(arguments)
    for name in filter(None, arguments.sizes.split(",")):
        console.print(f"[bold]{name}[/bold]")
        if name == INSTANCES:
            growth.instances = _with_instances(arguments.seconds, console)
            growth.write(arguments.out)
        elif size := _at(name, arguments, console):
            growth.sizes = [one for one in growth.sizes if one.name != name] + [size]
            growth.write(arguments.out)
    if growth.sizes:
        _show(growth, console)
    return 0


def _begun(arguments: argparse.Namespace) -> Growth:
    growth = Growth(machine=this_machine(), commit=this_commit(), seconds=arguments.seconds, sizes=[])
    if arguments.out.exists():
        last = read_growth(arguments.out)
        growth.instances = last.instances
        growth.sizes = [] if FRESH in arguments.sizes else last.sizes
    return growth


def _with_instances(seconds: float, console: Console) -> list[Instances]:
    """Measure several instances of each service, on a system of their own."""
    with running_system(settings(INSTANCES, lambda _: None, fresh=True)) as system:

        async def run() -> list[Instances]:
            async with connected(system, _report(INSTANCES, console), quick=False) as bench:
                return await measure_instances(bench, seconds)

        return asyncio.run(run())


def _report(name: str, console: Console) -> Report:
    path = State.named(name).folder / "report.json"
    return Report(path=path, machine=this_machine(), commit=this_commit(), quick=False, console=console)


def _at(name: str, arguments: argparse.Namespace, console: Console) -> Size | None:
    """Fill up to a size and ask; None where only filling was wanted."""
    told = bodies()
    fresh = name == FRESH and not arguments.kept
    with running_system(settings(NAME, lambda _: None, fresh=fresh)) as system:

        async def run() -> Size | None:
            async with connected(system, _report(NAME, console), quick=False) as bench:
                if not arguments.kept:
                    filling = await Filling.of(bench)
                    if fresh:
                        await filling.remember(await take_sample(bench, told))
                    await filling.fill_up_to(CASES[name])
                    await filling.add_clocks(CLOCKS.get(name, 0))
                    await filling.close()
                return None if arguments.fill_only else await ask(bench, told, arguments.seconds, name)

        size = asyncio.run(run())
        if size is not None:
            size.figures |= asyncio.run(kill_postgres(system, told))
            console.print(size.figures)
    if size is not None:
        size.figures["restart_s"] = _restart()
    return size


def _restart() -> float:
    began = time.perf_counter()
    with running_system(settings(NAME, lambda _: None, fresh=False)):
        return time.perf_counter() - began


def _show(growth: Growth, console: Console) -> None:
    table = Table("figure", *(size.name for size in growth.sizes), title=f"{growth.commit}, {growth.machine.cpu}")
    table.add_row("cases", *(f"{size.cases:,}" for size in growth.sizes))
    table.add_row("of them open", *(f"{size.open_cases:,}" for size in growth.sizes))
    table.add_row("clocks", *(f"{size.clocks:,}" for size in growth.sizes))
    for figure, meaning in FIGURES.items():
        table.add_row(meaning, *(_shown(size.figures.get(figure)) for size in growth.sizes))
    console.print(table)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make growth", description="The ledger at several sizes.")
    parser.add_argument("--sizes", default=SIZES, help="which, in rising order; without 10k the last run's data go on")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="load at each size")
    parser.add_argument("--fill-only", action="store_true", help="fill and ask nothing, for a quiet hour later")
    parser.add_argument("--kept", action="store_true", help="ask of the data as the last run left them")
    parser.add_argument("--out", type=Path, default=PROJECT / "growth.json", help="where the figures go")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
