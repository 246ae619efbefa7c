"""What a run found: `bench.json` after every measurement, and the table at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.benchmarks.goals import GOALS, Result, result_of
from tests.benchmarks.machine import Machine


class Document(msgspec.Struct):
    """The content of `bench.json`. It names commit and machine, and no date."""

    machine: Machine
    commit: str
    quick: bool
    goals: list[Result]
    cpu_us_per_case: Mapping[str, Mapping[str, float]]
    """By route (product, bare) and process."""
    details: Mapping[str, float | str | bool]


@dataclass(slots=True, kw_only=True)
class Report:
    """Collects figures; a run that is cut short leaves what it has."""

    path: Path
    machine: Machine
    commit: str
    quick: bool
    console: Console
    values: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    cpu: dict[str, Mapping[str, float]] = field(default_factory=dict)
    details: dict[str, float | str | bool] = field(default_factory=dict)

    def found(self, note: str = "", **values: float) -> None:
        """Note figures by the ids of their goals, and write them down at once."""
        self.values |= values
        self.notes |= dict.fromkeys(values, note)
        for result in self.results():
            if result.id in values:
                self.console.print(f"  {result.id} = {result.value:,} {result.unit} {_mark(result)} [dim]{note}[/dim]")
        self.write()

    def detail(self, **details: float | str | bool) -> None:
        """Note figures that are no goals."""
        rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in details.items()}
        self.details |= rounded
        self.console.print("  [dim]" + ", ".join(f"{name} {value}" for name, value in rounded.items()) + "[/dim]")

    def missing(self, goal: str, why: str) -> None:
        """Say why a goal has no figure."""
        self.notes[goal] = why

    def results(self) -> list[Result]:
        return [result_of(goal, self.values.get(goal.id), self.notes.get(goal.id, "not measured")) for goal in GOALS]

    def write(self) -> None:
        """Write `bench.json`."""
        cpu = {route: {name: round(us, 1) for name, us in spent.items()} for route, spent in self.cpu.items()}
        document = Document(self.machine, self.commit, self.quick, self.results(), cpu, self.details)
        self.path.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")

    def show(self) -> None:
        """Print the tables."""
        table = Table("goal", "value", "unit", "target", "met", "note", title=f"{self.commit}, {self.machine.cpu}")
        for result in self.results():
            value = "–" if result.value is None else f"{result.value:,}"
            target = f"{result.target:,g}" + (f" (floor {result.floor:,g})" if result.floor else "")
            table.add_row(result.id, value, result.unit, target, _mark(result), result.note)
        self.console.print(table)
        names = dict.fromkeys(name for spent in self.cpu.values() for name in spent)
        cpu = Table("CPU µs per case", *self.cpu)
        for name in names:
            cpu.add_row(name, *(f"{spent[name]:.0f}" if name in spent else "" for spent in self.cpu.values()))
        cpu.add_row("all", *(f"{sum(spent.values()):.0f}" for spent in self.cpu.values()))
        self.console.print(cpu)


def _mark(result: Result) -> str:
    if result.met is None:
        return ""
    return "[green]yes[/green]" if result.met else "[red]no[/red]"
