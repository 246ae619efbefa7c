"""How far a replay is: facts heard of those expected, which is what takes its time."""

from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from services.worktime.calendar import SHANGHAI
from tests.replay.living import Plan
from tests.replay.year import Year

FACTS_PER_REPORT: Final = 8.7
"""As measured; a few more or fewer only move the estimate."""
SAID_EVERY_SECONDS: Final = 20.0


class Telling:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self, plan: Plan, console: Console) -> None:
        columns = (
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[stand]}"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=False),
        )  # fmt: skip
        self._bar = Progress(*columns, console=console, speed_estimate_period=120)
        self._plan = plan
        self._console = console
        self._task = self._bar.add_task("replay", total=plan.reports * FACTS_PER_REPORT, stand="")
        self._said_at = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, year: Year) -> None:
        """Show where the replay stands."""
        day = year.clock.at.astimezone(SHANGHAI).strftime("%Y-%m-%d")
        stand = (
            f"{day}: {len(year.reporting.serials):,} of {self._plan.reports:,} reported,"
            f" {year.reactions.closed:,} of {self._plan.closed:,} closed"
        )
        elapsed = self._bar.tasks[self._task].elapsed or 0.0
        if not self._console.is_terminal and elapsed - self._said_at > SAID_EVERY_SECONDS:
            self._console.print(f"{stand}; {elapsed / 60:.1f} min, {year.steps:,} steps, {year.facts:,} facts")
            self._said_at = elapsed
        self._bar.update(self._task, completed=year.facts, stand=stand)

    def counting(self) -> None:
        """Say that only the counting is left."""
        self._bar.update(self._task, description="counting")
