"""docs/sabotage.md: what was taken out, and who saw it, as of the last run of each guard."""

from collections.abc import Mapping
from typing import Final

from deploy.embedded.state import PROJECT
from tests.sabotage.guard import Guard
from tests.sabotage.guards import GUARDS
from tests.sabotage.keeping import Kept

PATH: Final = PROJECT / "docs" / "sabotage.md"
HEAD: Final = """# Sabotage

A test suite that cannot fail proves nothing. `make sabotage` takes one guard after another out of a copy of the tree
and runs the tests that must see it; the product itself has no switch. First the same tests run in the untouched copy
and must be green. `make sabotage` takes all of them, `python -m tests.sabotage "NAME"` one, `--quick` leaves out those
that need the whole system. This page is written by the runs themselves; the patches stand in
[tests/sabotage](../tests/sabotage).

"""


def write_page(kept: Mapping[str, Kept]) -> None:
    """Write the page; a guard that was never taken out on this machine has no test and no seconds."""
    taken = [kept[guard.name] for guard in GUARDS if guard.name in kept]
    seen = sum(bool(one.failed) for one in taken)
    lines = [
        f"{len(GUARDS)} guards, {len(taken)} taken out, {seen} seen, {sum(one.seconds for one in taken):.0f} s in all.",
        "",
        "| guard taken out | where | by | first test that failed | s |",
        "|---|---|---|---|---|",
        *(_row(guard, kept.get(guard.name)) for guard in GUARDS),
    ]
    PATH.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def _row(guard: Guard, kept: Kept | None) -> str:
    where = guard.file.removeprefix("services/")
    seen, seconds = ("–", "–") if kept is None else (_seen(kept.failed), f"{kept.seconds:.0f}")
    return f"| {guard.name} | {where} | {_patch(guard.old, guard.new)} | {seen} | {seconds} |"


def _seen(failed: str) -> str:
    file, _, test = failed.partition("::")
    return f"{file.removeprefix('tests/')}: {test.replace('_', ' ')}" if test else "**nobody**"


def _patch(old: str, new: str) -> str:
    """Say in one line what was done: lines that went and lines that came."""
    gone, come = _lines(old), _lines(new)
    went = [line for line in gone if line not in come]
    came = [line for line in come if line not in gone]
    said = [f"`- {line}`" for line in went] + [f"`+ {line}`" for line in came]
    return "<br>".join(said).replace("|", "\\|")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
