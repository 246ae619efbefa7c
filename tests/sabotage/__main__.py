"""`make sabotage`: takes out each guard in a copy of the tree, runs the tests that must see it, prints a table."""

import argparse
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.sabotage.guard import Guard
from tests.sabotage.guards import GUARDS
from tests.sabotage.keeping import kept_with
from tests.sabotage.page import write_page
from tests.sabotage.running import GREEN, Copy, Outcome, copy_of_the_tree


def main() -> int:
    """Return 0 when every guard's absence was seen, by tests that are green where it stands."""
    wanted = _wanted()
    with copy_of_the_tree() as copy:
        if not _is_green(copy, wanted):
            return 1
        outcomes = [_told(copy.without(guard)) for guard in wanted]
    _print(outcomes)
    write_page(kept_with(outcomes))
    return 0 if all(outcome.is_seen for outcome in outcomes) else 1


def _wanted() -> Sequence[Guard]:
    parser = argparse.ArgumentParser(prog="make sabotage")
    parser.add_argument("names", nargs="*", help="guards to take out; all when none is named")
    parser.add_argument("--quick", action="store_true", help="without those that only the whole system shows")
    asked = parser.parse_args()
    unknown = set(asked.names) - {guard.name for guard in GUARDS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(guard.name for guard in GUARDS)}")
    guards = [guard for guard in GUARDS if not (asked.quick and guard.is_under_faults)]
    return [guard for guard in guards if not asked.names or guard.name in asked.names]


def _is_green(copy: Copy, guards: Sequence[Guard]) -> bool:
    """Run the tests where nothing was taken out; those under faults run in `make test` and take minutes."""
    tests = dict.fromkeys(guard.seen_by for guard in guards if not guard.is_under_faults)
    if not tests:
        return True
    began = time.monotonic()
    status, said = copy.test(tests)
    if status != GREEN:
        sys.stdout.write(f"red with every guard in its place:\n{said[-3_000:]}\n")
        return False
    _say(f"with every guard in its place: green, {time.monotonic() - began:.0f} s")
    return True


def _told(outcome: Outcome) -> Outcome:
    how = "seen" if outcome.is_seen else "NOT SEEN" if outcome.has_run else "NOT RUN"
    _say(f"{outcome.guard.name}: {how}, {outcome.seconds:.0f} s")
    if not outcome.is_seen:
        _say(outcome.said)
    return outcome


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _print(outcomes: Sequence[Outcome]) -> None:
    table = Table("guard taken out", "first test that failed", "s")
    for outcome in outcomes:
        table.add_row(
            outcome.guard.name,
            outcome.failed or ("NONE: nobody saw it" if outcome.has_run else "the tests did not run"),
            f"{outcome.seconds:.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
