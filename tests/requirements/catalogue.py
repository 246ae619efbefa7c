"""The requirements: id, priority, title (catalogue.csv), and which file shows each."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal, NamedTuple, cast

FOLDER: Final = Path(__file__).parent
FILE_NAME: Final = re.compile(r"test_(s\d|x)_(\d\d)(?:_\w+)?\.py")
"""`test_s2_01_whistles.py` shows S2-01."""

Priority = Literal["M", "S", "C"]
State = Literal["passed", "failed", "not yet"]
Outcome = Literal["passed", "failed", "skipped"]

PRIORITIES: Final[dict[Priority, str]] = {"M": "must", "S": "should", "C": "could"}


class Requirement(NamedTuple):
    """One row of the catalogue."""

    id: str
    priority: Priority
    title: str


def catalogue() -> tuple[Requirement, ...]:
    """Return every requirement, in the catalogue's order."""
    with (FOLDER / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Requirement(row["id"], cast("Priority", row["priority"]), row["title"]) for row in rows)


def id_of(file_name: str) -> str | None:
    """Return the id a test file is named after; None where the name is of another form."""
    matched = FILE_NAME.fullmatch(file_name)
    return f"{matched[1]}-{matched[2]}".upper() if matched else None


def files() -> dict[str, Path]:
    """Return the test file of each id that has one."""
    return {known: path for path in sorted(FOLDER.glob("test_*.py")) if (known := id_of(path.name)) is not None}


def state_of(outcomes: Iterable[Outcome]) -> State:
    """Return how a requirement stands by the outcomes of its tests: one skipped or none at all is not yet shown."""
    found = set(outcomes)
    if "failed" in found:
        return "failed"
    return "passed" if found == {"passed"} else "not yet"
