"""docs/requirements.md: how each requirement stood in the run that wrote the page."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.requirements.catalogue import PRIORITIES, Requirement, State

HEAD: Final = """# Requirements

Written by `make requirements` from the run of its tests. *Not yet*: nothing shows it so far.

"""


def page(requirements: tuple[Requirement, ...], states: Mapping[str, State], files: Mapping[str, Path]) -> str:
    """Return the page's text: the sums by priority, then every requirement."""
    return HEAD + _sums(requirements, states) + "\n" + _rows(requirements, states, files)


def _sums(requirements: tuple[Requirement, ...], states: Mapping[str, State]) -> str:
    found = Counter((one.priority, states[one.id]) for one in requirements)
    rows = ["| priority | passed | failed | not yet |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {found[key, 'passed']} | {found[key, 'failed']} | {found[key, 'not yet']} |"
        for key, name in PRIORITIES.items()
    ]
    return "\n".join(rows) + "\n"


def _rows(requirements: tuple[Requirement, ...], states: Mapping[str, State], files: Mapping[str, Path]) -> str:
    rows = ["| id | requirement | priority | state | test |", "|---|---|---|---|---|"]
    for one in requirements:
        file = files.get(one.id)
        shown = f"[{file.name}](../tests/requirements/{file.name})" if file else ""
        rows.append(f"| {one.id} | {one.title} | {PRIORITIES[one.priority]} | {states[one.id]} | {shown} |")
    return "\n".join(rows) + "\n"
