"""`make replay`: the seed's 41,548 reports with `kill -9` at random points; prints the rates, lists what stays open."""

import argparse
import asyncio
import csv
import json
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.embedded.running import System
from deploy.embedded.state import PROJECT
from deploy.embedded.system import Settings, running_system
from services.board.domain.rates import percent
from tests.journeys.prepared import VALUES, prepare
from tests.replay.living import Plan, Replay, replaying
from tests.replay.outcome import Outcome
from tests.replay.people import REPORTED
from tests.replay.stories import BY_OUR_STEPS, ON_TIME, STILL_OPEN
from tests.replay.telling import Telling

OUT = PROJECT / ".state" / "replay"


def main() -> int:
    """Replay; return 1 when a figure is not what it must be."""
    arguments = _arguments()
    console = Console(width=max(Console().width, 100))
    plan = Plan(
        reports=arguments.reports,
        seed=arguments.seed,
        kills=arguments.kills,
        slack=timedelta(minutes=arguments.slack),
    )
    settings = Settings.from_environment("replay", values=VALUES, fresh=True, prepare=prepare, say=_quietly)
    began = time.monotonic()
    with running_system(settings) as system:
        outcome, replay = asyncio.run(_live(system, plan, console))
    for table in (_rates(outcome), _parts(outcome), _run(outcome, replay, time.monotonic() - began)):
        console.print(table)
    _write(arguments.out, outcome, replay)
    console.print(f"what is open: {arguments.out / 'open.csv'}")
    return 0 if not outcome.wrong and outcome.rates.closed == plan.closed else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make replay", description="The seed's year, with kills.")
    parser.add_argument("--reports", type=int, default=REPORTED)
    parser.add_argument("--seed", type=int, default=7, help="the same seed: the same reports, deeds and kills")
    parser.add_argument("--kills", type=int, default=100, help="about how many; 0: none")
    parser.add_argument("--slack", type=int, default=30, help="minutes that time may be stepped over at once")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for open.csv and replay.json")
    return parser.parse_args()


def _quietly(_: str) -> None:
    """Services come and go by design here."""


async def _live(system: System, plan: Plan, console: Console) -> tuple[Outcome, Replay]:
    with Telling(plan, console) as telling:
        async with replaying(system, plan, telling.step) as replay:
            await replay.year.live()
            telling.counting()
            return await Outcome.read(replay), replay


def _rates(outcome: Outcome) -> Table:
    rates = outcome.rates
    table = Table("rate", "figure", "is", title=f"{rates.reported:,} reported (受理): accepted, less what was excluded")
    table.add_row(
        "closure rate (办结率)", percent(rates.closure_rate), f"{rates.closed:,} closed / {rates.reported:,} reported"
    )
    table.add_row(
        "on-time rate (按期结案率)",
        percent(rates.on_time_rate),
        f"{rates.on_time:,} closed by their due date / {rates.due:,} due",
    )
    table.add_row("open", f"{rates.open:,}", "listed in open.csv")
    return table


def _parts(outcome: Outcome) -> Table:
    """Show what the on-time rate is made up of; the parts add up to what came due."""
    table = Table("of what came due", "cases", "share", title="What the on-time rate is made up of")
    late = Counter({what: count for what, count in outcome.parts.items() if what not in {ON_TIME, STILL_OPEN}})
    rows = [(ON_TIME, outcome.parts[ON_TIME]), *late.most_common(), (STILL_OPEN, outcome.parts[STILL_OPEN])]
    for what, count in rows:
        lead = "" if what in {ON_TIME, STILL_OPEN, BY_OUR_STEPS} else "late: "
        table.add_row(f"{lead}{what}", f"{count:,}", f"{100 * count / max(outcome.rates.due, 1):.1f} %")
    return table


def _run(outcome: Outcome, replay: Replay, seconds: float) -> Table:
    year = replay.year
    table = Table("what", "figure", "note", title=f"Seed {replay.plan.seed}, until {year.clock.at:%Y-%m-%d}")
    table.add_row("acts", f"{outcome.acts:,}", f"{year.acting.refused.total():,} more refused: somebody else was first")
    table.add_row("facts", f"{year.facts:,}", "heard on the bus")
    table.add_row("killed", str(len(replay.killer.killed)), "services by kill -9")
    table.add_row("sent again", str(outcome.repaired), "facts, by the reconciler")
    for what, count in outcome.wrong.items():
        table.add_row(f"[red]{what}[/]", str(count), "must be 0")
    table.add_row("took", f"{seconds / 60:.1f} min", f"with starting and ending, in {year.steps:,} steps of time")
    return table


def _write(folder: Path, outcome: Outcome, replay: Replay) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "open.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ("number", "state", "lead", "accepted_at", "due_at"))
        rows.writeheader()
        rows.writerows(outcome.still_open)
    told = {
        "reports": replay.plan.reports, "seed": replay.plan.seed, "closed": outcome.rates.closed,
        "open": outcome.rates.open, "closure_rate": percent(outcome.rates.closure_rate),
        "on_time_rate": percent(outcome.rates.on_time_rate), "made_up_of": outcome.parts, "acts": outcome.acts,
        "refused": replay.year.acting.refused, "killed": replay.killer.killed, "wrong": outcome.wrong,
        "repaired": outcome.repaired,
    }  # fmt: skip
    (folder / "replay.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
