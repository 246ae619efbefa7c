"""`python -m deploy.embedded up | run | down | status | whistle …`: the system on this machine."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from deploy.demo.preparing import load_district
from deploy.embedded import lock
from deploy.embedded.kafka import KafkaError
from deploy.embedded.ports import PortTakenError
from deploy.embedded.postgres import DATABASE
from deploy.embedded.postgres_data import PostgresError
from deploy.embedded.postgres_programs import NoPostgresError
from deploy.embedded.processes import ServiceFailedError
from deploy.embedded.running import STATUS_FILE, System
from deploy.embedded.state import PROJECT, State
from deploy.embedded.system import START_SECONDS, Settings, running_system
from deploy.embedded.waiting import until

STOP_SECONDS: Final = 120.0
DOORS: Final = ("intake-api", "desk", "board")
CANNOT_START: Final = (
    *(lock.AlreadyRunningError, PortTakenError, ServiceFailedError),
    *(KafkaError, PostgresError, NoPostgresError),
)
"""Errors that are a sentence for the person who started the system, not a bug with a traceback."""


def main(act: str = "", name: str = "system", *more: str) -> int:
    """Return the exit status: 0 done, 1 it cannot be done (one sentence on stderr), 2 no such act."""
    acts = {"up": up, "run": run, "down": down, "status": status}
    if act == "whistle":
        return whistle(name, *more)
    if act not in acts:
        sys.stderr.write(f"{act}: no such act; there are {', '.join(acts)}\n")
        return 2
    try:
        return acts[act](name)
    except CANNOT_START as reason:
        sys.stderr.write(f"{reason}\n")
        return 1


def run(name: str) -> int:
    """Run in the foreground until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running_system(Settings.from_environment(name, prepare=_give_a_district, say=_say)) as system:
        _greet(system)
        while not stop.wait(0.5):
            system.raise_failure()
    return 0


def up(name: str) -> int:
    """Start in the background; returns when everything is healthy, or with the reason why not."""
    state = State.named(name)
    if pid := lock.holder(state.folder):
        raise lock.AlreadyRunningError(f"already running as process {pid}; stop it with `make down`")
    state.logs.mkdir(parents=True, exist_ok=True)
    log = state.logs / "supervisor.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded", "run", name],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    until(lambda: child.poll() is not None or b"ready:" in log.read_bytes(), START_SECONDS + 30)
    sys.stdout.write(log.read_text(encoding="utf-8"))
    return child.poll() or 0


def down(name: str) -> int:
    """Stop what runs in the background; nothing to stop is fine."""
    state = State.named(name)
    if not (pid := lock.holder(state.folder)):
        _say("not running")
        return 0
    os.kill(pid, signal.SIGTERM)
    stopped = until(lambda: lock.holder(state.folder) is None, STOP_SECONDS)
    _say("stopped" if stopped else f"process {pid} does not stop; its log is {state.logs / 'supervisor.log'}")
    return 0 if stopped else 1


def status(name: str) -> int:
    """Print how each service is, as JSON, of a system that has just begun nothing yet; exit status 1 when none runs."""
    state = State.named(name)
    if lock.holder(state.folder) is None:
        _say("not running")
        return 1
    try:
        told = json.loads(Path(state.folder / STATUS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        told = {}
    _say(json.dumps(told, indent=2))
    return 0


def whistle(*arguments: str) -> int:
    """Run the command line against the system that runs here: the one of `make up`, else the demo's."""
    name = (
        "system" if lock.holder(State.named("system").folder) or not lock.holder(State.named("demo").folder) else "demo"
    )
    environment = Settings.from_environment(name).cli_environment()
    return subprocess.run(
        [sys.executable, "-m", "services.whistle", *arguments], env=environment, check=False
    ).returncode


def _give_a_district(system: System) -> None:
    # Intake and router are not ready before the city has decided anything.
    if system.postgres.run_sql("select exists (select from reference.versions)", DATABASE) == "f":
        _say("no reference version is published yet: loading the sample district")
        load_district(system)


def _greet(system: System) -> None:
    doors = "  ".join(f"{name} {system.url(name)}" for name in DOORS if name in system.names)
    _say(f"ready: {doors}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
