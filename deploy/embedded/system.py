"""The embedded system as a context manager: demo, benchmarks, journeys and `make up` all start it here."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deploy.embedded import lock
from deploy.embedded.children import Children
from deploy.embedded.compose import Service, read_compose, variables
from deploy.embedded.kafka import Kafka
from deploy.embedded.plan import needed_by, services_to_run
from deploy.embedded.ports import LOOPBACK, free_ports, port_number, require_free
from deploy.embedded.postgres import DATABASE, Postgres
from deploy.embedded.running import STATUS_FILE, System
from deploy.embedded.secret_files import declared_secrets, make_secrets
from deploy.embedded.state import COMPOSE, PROJECT, State
from deploy.embedded.supervisor import Supervisor

MESSAGES: Final = "WHISTLE_NOTIFY_"
SERVER_PORTS: Final = {
    "WHISTLE_KAFKA_PORT": "19092",
    "WHISTLE_KAFKA_CONTROLLER_PORT": "19093",
    "WHISTLE_POSTGRES_PORT": "15432",
}
"""Beside the ports of compose.yaml, so that a local Kafka or PostgreSQL may keep its own."""
START_SECONDS: Final = 180.0
KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONHASHSEED")
"""Of the caller's environment only this reaches a service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs between a demo, a benchmark, a test and `make up`."""

    state: State
    ports: Mapping[str, int]
    """By the variable of compose.yaml, e.g. `WHISTLE_DESK_PORT`, and the three of the servers."""
    values: Mapping[str, str] = field(default_factory=dict)
    """More variables of compose.yaml, e.g. `{"WHISTLE_CLOCK": "stepped"}`."""
    compose: Path = COMPOSE
    only: tuple[str, ...] = ()
    """Start only these services and what they depend on; empty: all."""
    fresh: bool = False
    """Begin with empty data; secrets stay."""
    prepare: Callable[[System], None] = lambda _: None
    """Called when servers, migrations and topics are ready, before the services start."""
    say: Callable[[str], None] = lambda _: None
    """Gets one line per change, for a terminal."""

    @classmethod
    def from_environment(cls, name: str, **more: Any) -> "Settings":
        """Return the settings of `.state/<name>` with the ports of compose.yaml, changed by the environment.

        `more` are further fields of these settings. How messages leave is the operator's to say, by the variables of
        notify.
        """
        messages = {name: os.environ.get(name, "") for name in variables(COMPOSE) if name.startswith(MESSAGES)}
        values = {name: text for name, text in messages.items() if text and not name.endswith("_PORT")}
        more["values"] = values | dict(more.get("values", {}))
        chosen = {
            port: port_number(port, os.environ.get(port) or default)
            for port, default in _port_variables(COMPOSE).items()
        }
        return cls(state=State.named(name), ports=chosen, **more)

    @classmethod
    def on_free_ports(cls, state: State, **more: Any) -> "Settings":
        """Return settings under which a system runs beside any other."""
        names = _port_variables(COMPOSE)
        return cls(state=state, ports=dict(zip(names, free_ports(len(names)), strict=True)), **more)

    def compose_values(self) -> dict[str, str]:
        """Return what fills in `${NAME:-default}`: the loopback instead of a container network."""
        return {
            **{name: str(port) for name, port in self.ports.items()},
            "WHISTLE_KAFKA": f"{LOOPBACK}:{self.ports['WHISTLE_KAFKA_PORT']}",
            "WHISTLE_POSTGRES": f"{LOOPBACK}:{self.ports['WHISTLE_POSTGRES_PORT']}",
            "WHISTLE_LISTEN": LOOPBACK,
            "WHISTLE_SECRETS": str(self.state.secrets),
            "WHISTLE_ATTACHMENTS": str(self.state.attachments),
            # Browsers come to the loopback by plain HTTP.
            "WHISTLE_DESK_URL": f"http://{LOOPBACK}:{self.ports['WHISTLE_DESK_PORT']}",
            "WHISTLE_BOARD_URL": f"http://{LOOPBACK}:{self.ports['WHISTLE_BOARD_PORT']}",
            "WHISTLE_INTAKE": f"{LOOPBACK}:{self.ports['WHISTLE_INTAKE_API_PORT']}",
            "WHISTLE_COOKIE_SECURE": "false",
            **self.values,
        }

    def cli_environment(self) -> dict[str, str]:
        """Return the environment in which `python -m services.whistle` speaks to this system; no secret is in it."""
        values = self.compose_values()
        address = f"{values['WHISTLE_POSTGRES']}/{DATABASE}"
        return {
            **_environment(),
            "WHISTLE_CLI_POSTGRES_DSN": f"postgresql://operator@{address}",
            "WHISTLE_CLI_POSTGRES_PASSWORD_FILE": str(self.state.secrets / "operator_password"),
            "WHISTLE_CLI_MIGRATOR_DSN": f"postgresql://migrator@{address}",
            "WHISTLE_CLI_MIGRATOR_PASSWORD_FILE": str(self.state.secrets / "migrator_password"),
            "WHISTLE_CLI_KAFKA_BROKERS": values["WHISTLE_KAFKA"],
        }


@contextmanager
def running_system(settings: Settings) -> Iterator[System]:
    """Start Kafka, PostgreSQL, what runs once, and the services; give the system when all are healthy; stop it all.

    The supervisor runs in a thread of its own, so the caller may be async or not.

    Raises:
        AlreadyRunningError: another supervisor holds the state folder.
        PortTakenError: names the port and the variable to change.
        ServiceFailedError: a service cannot start; the message ends with its last log lines.
    """
    with lock.held(settings.state.folder):
        (settings.state.folder / STATUS_FILE).unlink(missing_ok=True)  # of one that was killed
        system = _prepared_system(settings)
        with system.supervised(START_SECONDS):
            yield system


def _prepared_system(settings: Settings) -> System:
    state = settings.state
    children = Children(state.folder, state.logs)
    for name in children.end_leftovers():
        settings.say(f"ended {name}, left behind by an earlier run")
    services = _services(settings)
    _require_free_ports(settings, services)
    make_secrets(state.secrets, declared_secrets(settings.compose))
    postgres = Postgres(state=state, port=settings.ports["WHISTLE_POSTGRES_PORT"], children=children)
    kafka = Kafka(
        state=state,
        port=settings.ports["WHISTLE_KAFKA_PORT"],
        controller_port=settings.ports["WHISTLE_KAFKA_CONTROLLER_PORT"],
        advertised=settings.compose_values()["WHISTLE_KAFKA"],
        children=children,
    )
    if "postgres" in services and postgres.data.is_outside:
        settings.say(f"PostgreSQL's user cannot reach this folder; its data are in {postgres.data.folder}")
    if settings.fresh and "postgres" in services:
        postgres.data.remove()
    if settings.fresh:
        kafka.forget_everything()
        shutil.rmtree(state.attachments, ignore_errors=True)
    state.attachments.mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(
        services=services,
        servers={"kafka": kafka, "postgres": postgres},
        children=children,
        environment=_environment(),
    )
    system = System(settings.compose_values(), state, postgres, kafka, supervisor, settings.say)
    supervisor.prepare = lambda: settings.prepare(system)
    return system


def _services(settings: Settings) -> dict[str, Service]:
    services = services_to_run(read_compose(settings.compose, settings.compose_values()))
    return needed_by(settings.only, services) if settings.only else services


def _require_free_ports(settings: Settings, services: Mapping[str, Service]) -> None:
    here = {name for service in services.values() for name in service.environment}
    if "kafka" in services:
        here |= {"WHISTLE_KAFKA_PORT", "WHISTLE_KAFKA_CONTROLLER_PORT"}
    if "postgres" in services:
        here |= {"WHISTLE_POSTGRES_PORT"}
    require_free({name: port for name, port in settings.ports.items() if name in here})


def _port_variables(compose: Path) -> dict[str, str]:
    ports = {name: default for name, default in variables(compose).items() if name.endswith("_PORT")}
    return ports | SERVER_PORTS


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
