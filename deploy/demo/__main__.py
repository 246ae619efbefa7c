"""`make demo`: the whole system, the sample district, one simulated week, a result table; then it stays up."""

import argparse
import asyncio
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.demo.accounts import open_accounts
from deploy.demo.bulletin import figures_of, month_so_far
from deploy.demo.city.results import Results
from deploy.demo.closing import closing_lines
from deploy.demo.living import simulated_week
from deploy.demo.moments import WEEK_ENDS_AT, WEEK_STARTS_AT
from deploy.demo.preparing import install_stepped_clock, load_district
from deploy.demo.terminal import end_by_signals, in_the_foreground
from deploy.embedded.lock import AlreadyRunningError
from deploy.embedded.ports import PortTakenError
from deploy.embedded.processes import ServiceFailedError
from deploy.embedded.running import System
from deploy.embedded.system import Settings, running_system
from services.worktime.calendar import SHANGHAI

Rows = Sequence[tuple[str, str]]
"""What, how many."""
SEED: Final = 7
COUNT: Final = 240
VALUES: Final = {
    "WHISTLE_CLOCK": "stepped",
    "WHISTLE_TRUSTED_PROXIES": "127.0.0.1",
    "WHISTLE_COMPARE_SECONDS": "0.05",
}
"""Every simulated resident has an address of their own, told as a proxy would."""


def main() -> int:
    """Run the demo; return 0, or 1 with one clear sentence."""
    arguments = _arguments()
    console = Console()
    with in_the_foreground():
        end_by_signals()
        return _run(arguments, console)


def _run(arguments: argparse.Namespace, console: Console) -> int:
    def prepare(system: System) -> None:
        install_stepped_clock(system, WEEK_STARTS_AT)
        console.print("loading the sample district")
        load_district(system)

    settings = Settings.from_environment("demo", values=VALUES, fresh=True, prepare=prepare, say=console.print)
    try:
        with running_system(settings) as system:
            accounts = open_accounts(system)
            rows = asyncio.run(_live(system, console, arguments.seed, arguments.reports))
            console.print(_table(rows, arguments.seed))
            urls = {name: system.url(name) for name in ("intake-api", "desk")}
            # A narrow terminal breaks a long line by itself; a link or a password must never be cut.
            for line in closing_lines(urls, accounts):
                console.print(line, soft_wrap=True, highlight=False, markup=False)
            if sys.stdin.isatty() and not arguments.end:
                _stay(system, console)
    except KeyboardInterrupt:
        console.print("ended")
    except (AlreadyRunningError, PortTakenError, ServiceFailedError) as error:
        console.print(f"[red]{error}[/red]")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="One simulated week of the sample district.")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same table")
    parser.add_argument("--reports", type=int, default=COUNT, help="how many reports the week has")
    parser.add_argument("--end", action="store_true", help="end after the week, also on a terminal")
    return parser.parse_args()


async def _live(system: System, console: Console, seed: int, count: int) -> Rows:
    columns = (TextColumn("simulated week"), BarColumn(), TextColumn("{task.fields[day]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("week", total=(WEEK_ENDS_AT - WEEK_STARTS_AT).total_seconds(), day="")

        days = set[str]()

        def progress(at: datetime) -> None:
            day = at.astimezone(SHANGHAI).strftime("%A %Y-%m-%d")
            if not console.is_terminal and day not in days:
                days.add(day)
                console.print(f"simulating {day}")
            done = (at - WEEK_STARTS_AT).total_seconds()
            bar.update(task, completed=done, day=at.astimezone(SHANGHAI).strftime("%a %H:%M"))

        async with simulated_week(system, seed=seed, count=count, progress=progress, happenings=True) as week:
            await week.run()
            bulletin = await month_so_far(system, week.quiet, week.operator)
            results = await Results.read(week.connection)
            await week.clock.run_on()
            return [*((what, str(count)) for what, count in results.rows()), *figures_of(bulletin)]


def _table(rows: Rows, seed: int) -> Table:
    table = Table(title=f"The week, seed {seed}")
    table.add_column("what")
    table.add_column("cases", justify="right")
    for what, count in rows:
        table.add_row(what, count)
    return table


def _stay(system: System, console: Console) -> None:
    console.print("The city lives on at real rate. Ctrl-C ends it.")
    while not threading.Event().wait(1.0):
        system.raise_failure()


if __name__ == "__main__":
    sys.exit(main())
