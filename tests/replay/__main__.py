"""`make replay`: the seed's 41,548 reports with `kill -9` at random points; prints the rates, lists what stays open."""

import argparse
import asyncio
import csv
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from deploy.embedded.running import System
from deploy.embedded.state import PROJECT
from deploy.embedded.system import Settings, running_system
from services.board.domain.rates import percent
from services.worktime.calendar import SHANGHAI
from tests.journeys.conftest import VALUES, prepare
from tests.replay.living import Plan, replaying
from tests.replay.outcome import Outcome
from tests.replay.people import REPORTED

OUT = PROJECT / ".state" / "replay"


def main() -> int:
    """Replay; return 1 when a figure is not what it must be."""
    arguments = _arguments()
    console = Console(width=max(Console().width, 100))
    plan = Plan(
        reports=arguments.reports,
        seed=arguments.seed,
        kills=arguments.kills,
        grid=timedelta(minutes=arguments.grid),
    )
    settings = Settings.from_environment("replay", values=VALUES, fresh=True, prepare=prepare, say=_quietly)
    began = time.monotonic()
    with running_system(settings) as system:
        outcome, killed = asyncio.run(_live(system, plan, console))
    console.print(_table(plan, outcome, killed, time.monotonic() - began))
    _write(arguments.out, plan, outcome, killed)
    console.print(f"what is open: {arguments.out / 'open.csv'}")
    return 0 if not outcome.wrong and outcome.rates.closed == plan.closed else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make replay", description="The seed's year, with kills.")
    parser.add_argument("--reports", type=int, default=REPORTED)
    parser.add_argument("--seed", type=int, default=7, help="the same seed: the same reports, deeds and kills")
    parser.add_argument("--kills", type=int, default=100, help="about how many; 0: none")
    parser.add_argument("--grid", type=int, default=30, help="minutes by which time moves")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for open.csv and replay.json")
    return parser.parse_args()


def _quietly(_: str) -> None:
    """Services come and go by design here."""


async def _live(system: System, plan: Plan, console: Console) -> tuple[Outcome, list[str]]:
    columns = (
        TextColumn("closed"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[day]}"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("replay", total=plan.closed, day="")
        days = set[str]()

        def progress(at: datetime, closed: int) -> None:
            day = at.astimezone(SHANGHAI).strftime("%Y-%m-%d")
            if not console.is_terminal and day not in days:
                days.add(day)
                console.print(f"{day}: {closed} of {plan.closed} closed")
            bar.update(task, completed=closed, day=day)

        async with replaying(system, plan, progress) as replay:
            await replay.week.run()
            return await Outcome.read(replay.week.connection), replay.killer.killed


def _table(plan: Plan, outcome: Outcome, killed: list[str], seconds: float) -> Table:
    rates = outcome.rates
    table = Table("what", "figure", "by definition", title=f"{plan.reports:,} reports, seed {plan.seed}")
    table.add_row("reported", f"{rates.reported:,}", "everything accepted, less what was excluded")
    table.add_row("closed", f"{rates.closed:,}", f"{plan.closed:,} must be")
    table.add_row("open", f"{rates.open:,}", "listed in open.csv")
    table.add_row("closure rate", percent(rates.closure_rate), "closed / reported")
    table.add_row("on-time rate", percent(rates.on_time_rate), f"{rates.on_time:,} on time / {rates.due:,} due")
    table.add_row("killed", str(len(killed)), "services by kill -9")
    table.add_row("sent again", str(outcome.repaired), "facts, by the reconciler")
    for what, count in outcome.wrong.items():
        table.add_row(f"[red]{what}[/]", str(count), "must be 0")
    table.add_row("took", f"{seconds / 60:.1f} min", "with starting and ending")
    return table


def _write(folder: Path, plan: Plan, outcome: Outcome, killed: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "open.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ("number", "state", "lead", "accepted_at", "due_at"))
        rows.writeheader()
        rows.writerows(outcome.still_open)
    told = {
        "reports": plan.reports, "seed": plan.seed, "closed": outcome.rates.closed, "open": outcome.rates.open,
        "closure_rate": percent(outcome.rates.closure_rate), "on_time_rate": percent(outcome.rates.on_time_rate),
        "killed": killed, "wrong": outcome.wrong, "repaired": outcome.repaired,
    }  # fmt: skip
    (folder / "replay.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
