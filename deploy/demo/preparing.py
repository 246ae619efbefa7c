"""What the demo's city needs before its services start: a stepped clock at Monday morning, and the sample district."""

import csv
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from deploy.demo.city.stepped_clock import stepped_clock_sql
from deploy.embedded.postgres import DATABASE
from deploy.embedded.running import System
from deploy.embedded.state import PROJECT

DISTRICT: Final = PROJECT / "deploy" / "demo" / "district"
REFERENCE: Final = PROJECT / "deploy" / "reference"
COMMAND_SECONDS_MAX: Final = 120.0


class CommandFailedError(RuntimeError):
    """A command of the command line failed; the message holds what it said."""


def install_stepped_clock(system: System, at: datetime) -> None:
    """Replace the database's clock by one that stands at `at`."""
    system.postgres.run_sql(stepped_clock_sql(at), DATABASE)


def load_district(system: System, folder: Path = DISTRICT, city: Path = REFERENCE) -> None:
    """Load the district's sheets as the first reference version, drafted and approved by its two rule owners."""
    drafted_by, approved_by = rule_owners(folder)
    owners = ("--drafted-by", drafted_by, "--approved-by", approved_by)
    whistle(system, "load", "district", str(folder), "--city", str(city), *owners)


def rule_owners(folder: Path) -> tuple[str, str]:
    """Return the ids of the two persons who publish reference versions."""
    with (folder / "persons.csv").open(encoding="utf-8-sig", newline="") as sheet:
        owners = [row["person_id"] for row in csv.DictReader(sheet) if row["role"] == "rule_owner"]
    return owners[0], owners[1]


def operator_environment(system: System) -> dict[str, str]:
    """Return the environment in which `whistle` reaches this system."""
    return {
        **system.supervisor.environment,
        "WHISTLE_CLI_POSTGRES_DSN": system.postgres.dsn("operator"),
        "WHISTLE_CLI_MIGRATOR_DSN": system.postgres.dsn("migrator"),
        "WHISTLE_CLI_KAFKA_BROKERS": system.values["WHISTLE_KAFKA"],
    }


def whistle(system: System, *arguments: str) -> str:
    """Run the command line against this system and return what it printed.

    Raises:
        CommandFailedError: it ended with another status than 0.
    """
    done = subprocess.run(
        [sys.executable, "-m", "services.whistle", *arguments],
        env={**os.environ, **operator_environment(system)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS_MAX,
        check=False,
    )
    if done.returncode != 0:
        raise CommandFailedError(f"whistle {' '.join(arguments[:2])}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout
