"""`make race`: the product beside what others offer for parts of its work, in one run; writes `race.json`."""

import argparse
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.embedded.state import PROJECT
from tests.benchmarks.load.bodies import SEED, bodies
from tests.benchmarks.load.wrk import NoLoadGeneratorError, require_wrk
from tests.benchmarks.machine import this_commit, this_machine
from tests.benchmarks.race.document import Race
from tests.benchmarks.race.runners import PRODUCT, Runners

SECONDS: Final = 30.0
TIMERS: Final = 10_000


def main() -> int:
    """Run one after the other; return 0, also where a runner left no figure: its note says why."""
    arguments = _arguments()
    console = Console(width=max(Console().width, 140))
    try:
        require_wrk()
    except NoLoadGeneratorError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    machine, commit = this_machine(), this_commit()
    runners = Runners(bodies=bodies(), seconds=arguments.seconds, timers=arguments.timers, console=console)
    runs = {
        "bare": runners.run_bare,
        "helpdesk": runners.run_helpdesk,
        "dbos": runners.run_dbos,
        "product": runners.run_product,
    }
    for name in filter(None, arguments.only.split(",")):
        runners.tried(name, runs[name])
    race = Race(
        machine=machine,
        commit=commit,
        seed=SEED,
        postgres=runners.postgres,
        reports=runners.reports,
        deadlines=runners.deadlines,
        notes=runners.notes,
    )
    race.write(arguments.out)
    _show(race, console)
    return 0


def _show(race: Race, console: Console) -> None:
    reports = Table("reports", "per s", "whistle is", "p50 ms", "p99 ms", "CPU µs each", title="reports taken in")
    own = next((one.per_s for one in race.reports if one.runner == PRODUCT), None)
    for one in race.reports:
        ratio = f"{own / one.per_s:.2f} x" if own else "–"
        spent = f"{sum(one.cpu_us.values()):,.0f}"
        reports.add_row(one.runner, f"{one.per_s:,.0f}", ratio, f"{one.p50_ms:.0f}", f"{one.p99_ms:.0f}", spent)
    console.print(reports)
    deadlines = Table("deadlines", "count", "seconds", "per s", "whistle is", "how", title="due at one instant")
    own = next((one.per_s for one in race.deadlines if one.runner == PRODUCT), None)
    for late in race.deadlines:
        ratio = f"{own / late.per_s:.1f} x" if own else "–"
        deadlines.add_row(late.runner, f"{late.count:,}", f"{late.seconds:.1f}", f"{late.per_s:,.0f}", ratio, late.how)
    console.print(deadlines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make race", description="The product beside others, in one run.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="load of each runner; warmed for a third of it")
    parser.add_argument("--timers", type=int, default=TIMERS, help="deadlines due at one instant")
    parser.add_argument("--only", default="bare,helpdesk,dbos,product", help="only these, comma between")
    parser.add_argument("--out", type=Path, default=PROJECT / "race.json", help="where the figures go")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
