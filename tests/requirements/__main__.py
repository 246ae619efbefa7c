"""`make requirements`: run the tests, print how each requirement stands, write docs/requirements.md.

With ids as arguments: only those, and the page stays as it is.
"""

import sys
from collections import Counter
from collections.abc import Mapping

import pytest
from rich.console import Console
from rich.table import Table

from deploy.embedded.state import PROJECT
from tests.requirements.catalogue import FOLDER, Requirement, State, catalogue, files, state_of
from tests.requirements.outcomes import Outcomes
from tests.requirements.page import page

COLOURS: dict[State, str] = {"passed": "green", "failed": "red", "not yet": "yellow"}


def main(chosen: list[str]) -> int:
    """Return 1 when a requirement failed, 2 for an unknown id."""
    asked, known = {text.upper() for text in chosen}, files()
    requirements = tuple(one for one in catalogue() if not asked or one.id in asked)
    if unknown := asked - {one.id for one in requirements}:
        Console(stderr=True).print(f"no requirement is called {', '.join(sorted(unknown))}")
        return 2
    states = _run(requirements, [str(known[one.id]) for one in requirements if one.id in known])
    if not asked:
        (PROJECT / "docs" / "requirements.md").write_text(page(requirements, states, known), encoding="utf-8")
    _show(requirements, states)
    return 1 if "failed" in states.values() else 0


def _run(requirements: tuple[Requirement, ...], paths: list[str]) -> Mapping[str, State]:
    outcomes = Outcomes()
    if paths:
        pytest.main(["-q", "--rootdir", str(PROJECT), "--confcutdir", str(FOLDER.parent), *paths], plugins=[outcomes])
    return {one.id: state_of(outcomes.of[one.id]) for one in requirements}


def _show(requirements: tuple[Requirement, ...], states: Mapping[str, State]) -> None:
    table = Table("id", "priority", "state", "requirement", box=None)
    for one in requirements:
        state = states[one.id]
        table.add_row(one.id, one.priority, f"[{COLOURS[state]}]{state}[/]", one.title)
    console = Console(width=max(Console().width, 120))
    console.print(table)
    sums = Counter(states.values())
    console.print(", ".join(f"{sums[state]} {state}" for state in COLOURS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
