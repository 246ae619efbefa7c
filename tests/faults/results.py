"""What each scenario showed last, and the page that tells it."""

import csv
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.embedded.state import PROJECT
from tests.faults.playing import Outcome
from tests.faults.scenarios import SCENARIOS
from tests.faults.schedule import Scenario

RESULTS: Final = Path(__file__).with_name("results.csv")
PAGE: Final = PROJECT / "docs" / "faults.md"
COLUMNS: Final = ("number", "result", "reports", "accepted_s", "queued_s", "told_s")
KEPT: Final = bool(os.environ.get("WHISTLE_FAULTS_PAGE"))
HEAD: Final = """# Faults

Forty scenarios are played one after another on one running system: every service, a real Kafka and a real PostgreSQL, \
residents who report and departments who work meanwhile. `make faults` plays all, `make test` eight of them (bold). \
What breaks is data with a seed ([scenarios](../tests/faults/scenarios)); a failing run prints its schedule, \
and `WHISTLE_FAULTS_SCHEDULE` plays it again.

After each, [a checker](../tests/faults/checker.py) with rules of its own compares what clients were told with the \
tables: nothing lost, nothing taken in twice, every case with the one lead that the rules name, versions without gaps, \
every step that was owed and no other, none early, everything told once, nothing left to send, no more dead letters \
than were put there, and nothing sent again by the reconciler unless Kafka itself has lost it. Clients may see 503 \
with `Retry-After`, and no other error.

Connections are broken by [a TCP proxy](../tests/faults/wires.py) between each service and its server: delay, jitter, \
bandwidth, resets, silence in one or both directions, cuts after some bytes, lost answers. What goes wrong inside a \
process is ordered by a signal; the product has no hook for it.

Recovery: seconds from the end of the last fault until a new report is accepted / in a queue / told.

| | breaks | looked at besides | recovery | last result |
|---|---|---|---|---|
"""
STANDS_IN: Final = "\n## What stands in for what\n\n"


@dataclass(slots=True)
class Results:
    """The last result of every scenario, read from and written to a file of the project."""

    rows: dict[int, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Results":
        """Return what earlier runs have shown."""
        if not RESULTS.exists():
            return cls()
        with RESULTS.open(encoding="utf-8", newline="") as file:
            return cls({int(row["number"]): row for row in csv.DictReader(file)})

    def note(self, scenario: Scenario, outcome: Outcome) -> None:
        """Keep what a scenario has shown now."""
        recovery = outcome.recovery
        result = ", ".join(sorted(outcome.complaints(scenario))) or "survived"
        seconds = [f"{each:.1f}" for each in (recovery.accepted, recovery.queued, recovery.told)]
        cells = (str(scenario.number), result, str(len(outcome.history.accepted)), *seconds)
        self.rows[scenario.number] = dict(zip(COLUMNS, cells, strict=True))

    def write(self) -> None:
        """Write file and page, where the run was told to."""
        if not KEPT:
            return
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for _, row in sorted(self.rows.items()))
        PAGE.write_text(self.page(), encoding="utf-8")

    def page(self) -> str:
        """Return the page, in Markdown."""
        lines = [self._line(scenario) for scenario in SCENARIOS]
        stands_in = [f"- {each.number}: {each.stands_in}." for each in SCENARIOS if each.stands_in]
        return HEAD + "\n".join(lines) + "\n" + STANDS_IN + "\n".join(stands_in) + "\n"

    def _line(self, scenario: Scenario) -> str:
        row = self.rows.get(scenario.number)
        number = f"**{scenario.number}**" if scenario.in_test else str(scenario.number)
        recovery = f"{row['accepted_s']} / {row['queued_s']} / {row['told_s']} s" if row else ""
        result = f"{row['result']}, {row['reports']} reports" if row else "not yet seen to be survived"
        return f"| {number} | {scenario.title} | {scenario.checked} | {recovery} | {result} |"
