"""Where the figures lie, and what is read from them."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from deploy.embedded.state import PROJECT
from tests.benchmarks.growth.document import Growth, read_growth
from tests.benchmarks.race.document import Race, read_race
from tests.benchmarks.report import Document

DOCS: Final = PROJECT / "docs"
KEPT: Final = DOCS / "performance"
NAMES: Final = ("bench.json", "race.json", "growth.json")


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured last, of each kind; None where it never was."""

    bench: Document | None
    race: Race | None
    growth: Growth | None

    def value(self, goal: str) -> float | None:
        """Return the figure of a goal by its id."""
        results = self.bench.goals if self.bench else []
        return next((result.value for result in results if result.id == goal), None)

    def detail(self, name: str) -> float | None:
        """Return a further figure of `make bench`."""
        value = (self.bench.details if self.bench else {}).get(name)
        return None if value is None or isinstance(value, str) else float(value)


def keep_new_figures(source: Path = PROJECT) -> list[str]:
    """Copy what a run left in the project's folder to where the pages keep their figures; return the names."""
    KEPT.mkdir(parents=True, exist_ok=True)
    fresh = [name for name in NAMES if (source / name).exists()]
    for name in fresh:
        shutil.copyfile(source / name, KEPT / name)
    return fresh


def read_figures(folder: Path = KEPT) -> Figures:
    """Read the kept figures."""
    bench, race, growth = (folder / name for name in NAMES)
    return Figures(
        bench=msgspec.json.decode(bench.read_bytes(), type=Document) if bench.exists() else None,
        race=read_race(race) if race.exists() else None,
        growth=read_growth(growth) if growth.exists() else None,
    )
