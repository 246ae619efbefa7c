"""A system of its own for the faults, so that what breaks here breaks nothing else."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

import pytest

from deploy.demo.draws import Draws
from deploy.embedded.ports import LOOPBACK, free_ports
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from tests.faults.acts.inside import INSIDE, ORDERS
from tests.faults.acts.listening import NETWORK
from tests.faults.ground import Ground
from tests.faults.owners import owner_of
from tests.faults.results import Results
from tests.faults.wires import Wire
from tests.journeys.prepared import VALUES, prepare

WIRED: Final = {"kafka": "WHISTLE_KAFKA_PORT", "postgres": "WHISTLE_POSTGRES_PORT"}


@pytest.fixture(scope="package")
def ground(session_state: State) -> Iterator[Ground]:
    """The whole system on free ports, each service behind wires, to be broken piece by piece."""
    folder = session_state.folder / "faults"
    (folder / "orders").mkdir(parents=True)
    settings = Settings.on_free_ports(State(folder))
    grounds: list[Ground] = []

    def owner(port: int) -> str:
        return owner_of(port, grounds[0].processes) if grounds else ""

    with ExitStack() as stack:
        wires = {
            name: stack.enter_context(Wire(port=port, target=settings.ports[of], owner_of=owner, draws=Draws(name)))
            for (name, of), port in zip(WIRED.items(), free_ports(len(WIRED)), strict=True)
        }
        values = {f"WHISTLE_{name.upper()}": f"{LOOPBACK}:{wire.port}" for name, wire in wires.items()}
        values |= {**VALUES, "WHISTLE_NOTIFY_ALLOWED_NETWORKS": NETWORK}

        def prepare_all(system: System) -> None:
            prepare(system)
            environment = system.supervisor.environment
            inside = {"PYTHONPATH": f"{INSIDE}:{environment['PYTHONPATH']}", ORDERS: str(folder / "orders")}
            system.supervisor.environment = {**environment, **inside}
            grounds.append(Ground(system=system, wires=wires))

        stack.enter_context(
            running_system(Settings(state=settings.state, ports=settings.ports, values=values, prepare=prepare_all))
        )
        yield grounds[0]
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def faulty_system(ground: Ground) -> System:
    """The system alone, for what breaks it by hand."""
    return ground.system


@pytest.fixture(scope="package")
def fault_results() -> Iterator[Results]:
    """What the scenarios have shown, this time and before."""
    results = Results.read()
    yield results
    results.write()
