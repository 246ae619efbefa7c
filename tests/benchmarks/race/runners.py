"""Each runner of the race on servers of its own, with the same settings, one after the other."""

import asyncio
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import asyncpg
from rich.console import Console

from deploy.embedded.running import System
from deploy.embedded.state import STATE, State
from deploy.embedded.system import Settings, running_system
from tests.benchmarks.load.alike import apart
from tests.benchmarks.load.wrk import CONNECTIONS
from tests.benchmarks.machine import this_commit, this_machine
from tests.benchmarks.measuring.steps import measure_many_steps
from tests.benchmarks.measuring.throughput import measure_bare
from tests.benchmarks.product import SERVERS, connected, settings
from tests.benchmarks.race.document import Deadlines, Reports
from tests.benchmarks.race.helpdesk import Helpdesk
from tests.benchmarks.race.peers import Peers
from tests.benchmarks.race.timers import WAYS, run_timers
from tests.benchmarks.report import Report
from tests.benchmarks.route import Measured, bodies_for, measure_sent_once

BARE: Final = "bare route"
PRODUCT: Final = "whistle"
ESCALATED: Final = 500
TIMERS: Final = 2_000
"""Of the others' deadlines: both go through them one by one, so a longer list takes longer and not slower."""
STEPS_GOAL: Final = "steps_10k_s"
FAILURES: Final = (RuntimeError, OSError, asyncpg.PostgresError, subprocess.SubprocessError)
"""What of a runner leaves a note instead of ending the race."""


@dataclass(slots=True, kw_only=True)
class Runners:
    """Collects what each runner did; one that fails leaves a note."""

    bodies: Sequence[str]
    seconds: float
    timers: int
    console: Console
    reports: list[Reports] = field(default_factory=list)
    deadlines: list[Deadlines] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    postgres: dict[str, str] = field(default_factory=dict)

    def run_bare(self) -> None:
        """Run the limit: the route without its logic."""
        with running_system(settings("race-bare", self._say, fresh=True, only=SERVERS)) as system:
            measured = measure_bare(system, self.seconds, self._report())
        self.reports.append(_reports(BARE, measured, "the same hops, topics, tables and durability, no logic"))

    def run_helpdesk(self) -> None:
        """Run django-helpdesk."""
        with self._peers("helpdesk") as system:
            # As gunicorn's documentation advises: twice the cores and one.
            helpdesk = Helpdesk(Peers.installed(system), 2 * _cores() + 1)
            self.reports.append(asyncio.run(helpdesk.take_reports(self.bodies, self.seconds)))
            self.deadlines.append(asyncio.run(helpdesk.escalate(ESCALATED)))

    def run_dbos(self) -> None:
        """Run DBOS, each way on a database of its own."""
        with self._peers("dbos") as system:
            for way in WAYS:
                self._tried(f"dbos {way}", partial(self._timers, system, way))

    def run_product(self) -> None:
        """Run the product, all of its services."""
        report = self._report()
        with running_system(settings("race", self._say, fresh=True)) as system:
            self._note_postgres(system)

            async def run() -> Measured:
                async with connected(system, report, quick=False) as bench:
                    measured = await measure_sent_once(
                        bench.route, apart(bodies_for(self.seconds), PRODUCT), self.seconds
                    )
                    await measure_many_steps(bench, self.bodies, self.timers, STEPS_GOAL)
                    return measured

            measured = asyncio.run(run())
        how = f"all services; {CONNECTIONS} connections; every consumer has caught up before the time ends"
        self.reports.append(_reports(PRODUCT, measured, how))
        if seconds := report.values.get(STEPS_GOAL):
            how = f"steps owed at one instant; {report.notes[STEPS_GOAL]}; facts and messages of each"
            self.deadlines.append(_deadlines(self.timers, seconds, how))

    def tried(self, name: str, run: Callable[[], None]) -> None:
        """Run one; note why it has no figure if it fails."""
        self.console.print(f"[bold]{name}[/bold]")
        self._tried(name, run)

    def _tried(self, name: str, run: Callable[[], None]) -> None:
        try:
            run()
        except FAILURES as error:
            self.notes[name] = str(error)[:300]
            self.console.print(f"[red]{name}: {error}[/red]")

    def _timers(self, system: System, way: str) -> None:
        self.deadlines.append(asyncio.run(run_timers(Peers.installed(system), _cores(), way, TIMERS)))

    def _peers(self, name: str) -> AbstractContextManager[System]:
        chosen = Settings.on_free_ports(State.named(f"race-{name}"), only=("postgres",), fresh=True, say=self._say)
        return running_system(chosen)

    def _report(self) -> Report:
        path = STATE / "race.json"
        return Report(path=path, machine=this_machine(), commit=this_commit(), quick=False, console=self.console)

    def _note_postgres(self, system: System) -> None:
        shown = ("fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "max_wal_size", "max_connections")
        self.postgres = {name: system.postgres.run_sql(f"show {name};") for name in ("server_version", *shown)}

    def _say(self, line: str) -> None:
        if line.endswith((": restarting", "behind by an earlier run")):
            self.console.print(f"[dim]{line}[/dim]")


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _reports(runner: str, measured: Measured, how: str) -> Reports:
    return Reports(
        runner=runner,
        version=this_commit(),
        per_s=measured.cases_per_s,
        p50_ms=measured.load.p50_ms,
        p99_ms=measured.load.p99_ms,
        cpu_us=measured.cpu_us_per_case,
        seconds=measured.seconds,
        refused=measured.load.refused + measured.load.broken,
        how=how,
    )


def _deadlines(count: int, seconds: float, how: str) -> Deadlines:
    return Deadlines(
        runner=PRODUCT, version=this_commit(), count=count, seconds=seconds, per_s=count / seconds, how=how
    )
