"""`make sabotage`: takes out each guard in a copy of the tree, runs the tests that must see it, prints a table."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from deploy.embedded.state import PROJECT, STATE
from tests.sabotage.guards import GUARDS, Guard

SECONDS_MAX: Final = 900
COPIED: Final = ("services", "deploy", "tests", "pyproject.toml", "compose.yaml", "requirements", "docs", "schemas")


class GuardNotFoundError(LookupError):
    """The text that makes the guard is not there exactly once; the table of guards must follow the code."""


def main() -> int:
    """Return 0 when every guard's absence was seen."""
    parser = argparse.ArgumentParser(prog="make sabotage")
    parser.add_argument("names", nargs="*", help="guards to take out; all when none is named")
    wanted = parser.parse_args().names
    table = Table("guard taken out", "tests", "seen")
    blind = 0
    for guard in GUARDS:
        if wanted and guard.name not in wanted:
            continue
        seen = _is_seen(guard)
        blind += not seen
        table.add_row(guard.name, guard.seen_by, "red, as it must be" if seen else "GREEN: nobody saw it")
        sys.stdout.write(f"{guard.name}: {'seen' if seen else 'NOT SEEN'}\n")
        sys.stdout.flush()
    Console().print(table)
    return 1 if blind else 0


def _is_seen(guard: Guard) -> bool:
    folder = STATE / "sabotage"
    shutil.rmtree(folder, ignore_errors=True)
    copy(folder)
    take_out(guard, folder)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", guard.seen_by],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(Path.home()), "PYTHONPATH": str(folder)},
        capture_output=True,
        check=False,
        timeout=SECONDS_MAX,
    )
    # 1 is "tests ran and some failed"; anything else says nothing about the guard.
    return done.returncode == 1


def copy(folder: Path) -> None:
    """Copy what the tests need; Kafka's jars are taken from here."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    (folder / ".state").mkdir()
    (folder / ".state" / "kafka-jars").symlink_to(STATE / "kafka-jars")
    (folder / ".venv").symlink_to(PROJECT / ".venv")


def take_out(guard: Guard, folder: Path) -> None:
    """Replace the guard's text in the copy."""
    path = folder / guard.file
    text = path.read_text(encoding="utf-8")
    if text.count(guard.old) != 1:
        raise GuardNotFoundError(f"{guard.name}: its text stands {text.count(guard.old)} times in {guard.file}")
    path.write_text(text.replace(guard.old, guard.new), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
