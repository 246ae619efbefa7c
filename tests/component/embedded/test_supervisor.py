"""The supervisor does what compose.yaml says: order, environment, health, restarts, drain; with real processes."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.children import Children
from deploy.embedded.lock import AlreadyRunningError
from deploy.embedded.ports import PortTakenError, free_ports
from deploy.embedded.processes import ServiceFailedError
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.supervisor import Supervisor
from deploy.embedded.system import Settings, running_system
from tests.waiting import eventually

FAKE = Path(__file__).with_name("fake_service.py")
COMPOSE = """
x-service: &service
  restart: unless-stopped
  stop_grace_period: 60s
  environment: &environment
    FOLDER: ${{WHISTLE_FOLDER}}
    GREETING: ${{WHISTLE_GREETING:-none}}
services:
  late:
    <<: *service
    command: [python, {fake}, late, serve]
    environment: {{<<: *environment, WHISTLE_LATE_PORT: "${{WHISTLE_LATE_PORT:-8199}}"}}
    depends_on: {{early: {{condition: service_healthy}}, once: {{condition: service_completed_successfully}}}}
    healthcheck: {{test: [CMD, python, {fake}, late, --health], start_interval: 100ms}}
  early:
    <<: *service
    command: [python, {fake}, early, serve]
    healthcheck: {{test: [CMD, python, {fake}, early, --health], start_interval: 100ms}}
  once:
    <<: *service
    command: [python, {fake}, once, {once}]
    restart: "no"
  dashboards:
    x-embedded: skip
    image: something/else:1
"""


def settings_in(folder: Path, once: str = "once", **values: str) -> Settings:
    compose = folder / "compose.yaml"
    compose.write_text(COMPOSE.format(fake=FAKE, once=once), encoding="utf-8")
    (port, *_) = free_ports(1)
    return Settings(
        state=State(folder / "state"),
        ports={"WHISTLE_LATE_PORT": port, "WHISTLE_KAFKA_PORT": 1, "WHISTLE_POSTGRES_PORT": 1}
        | {"WHISTLE_KAFKA_CONTROLLER_PORT": 1, "WHISTLE_DESK_PORT": 1, "WHISTLE_BOARD_PORT": 1}
        | {"WHISTLE_INTAKE_API_PORT": 1},
        values={"WHISTLE_FOLDER": str(folder), **values},
        compose=compose,
    )


@pytest.fixture
def small_system(tmp_path: Path) -> Iterator[System]:
    with running_system(settings_in(tmp_path, WHISTLE_GREETING="hello")) as small_system:
        yield small_system


def started(folder: Path) -> list[str]:
    return (folder / "started").read_text(encoding="utf-8").splitlines()


def test_services_start_in_the_order_of_their_dependencies(small_system: System, tmp_path: Path) -> None:
    assert started(tmp_path).index("late hello") > started(tmp_path).index("early hello")
    assert started(tmp_path).index("late hello") > started(tmp_path).index("once hello")
    assert {name: small_system.phase(name) for name in small_system.names} == {
        "early": "healthy",
        "late": "healthy",
        "once": "completed",
    }


async def test_a_killed_service_is_started_again(small_system: System, tmp_path: Path) -> None:
    before = small_system.pid("early")

    small_system.kill("early")

    await eventually(lambda: started(tmp_path).count("early hello") == 2, within_seconds=60)
    small_system.wait_ready("early", within_seconds=60)
    assert small_system.pid("early") != before
    assert small_system.restarts("early") == 1


async def test_what_a_killed_service_had_half_written_is_gone_when_it_starts_again(
    small_system: System, tmp_path: Path
) -> None:
    temporary = tmp_path / "state" / "temporary" / "early"
    found = tmp_path / "early.temporary"
    assert [each.name for each in temporary.iterdir()] == ["half-written"]
    found.unlink()

    small_system.kill("early")

    await eventually(found.exists, within_seconds=60)
    small_system.wait_ready("early", within_seconds=60)
    assert found.read_text(encoding="utf-8") == ""


def test_a_stopped_service_drains_and_stays_stopped_until_it_is_started(small_system: System, tmp_path: Path) -> None:
    small_system.stop("late")
    assert (tmp_path / "late.drained").exists()
    assert small_system.phase("late") == "stopped"

    small_system.start("late")
    small_system.wait_ready("late", within_seconds=60)

    assert started(tmp_path).count("late hello") == 2


async def test_the_status_file_says_how_each_service_is(small_system: System) -> None:
    def late() -> object:
        return json.loads((small_system.state.folder / "status.json").read_text(encoding="utf-8"))["late"]

    healthy = {"phase": "healthy", "pid": small_system.pid("late"), "restarts": 0}
    await eventually(lambda: late() == healthy, within_seconds=60)


def test_everything_is_stopped_at_the_end(tmp_path: Path) -> None:
    with running_system(settings_in(tmp_path)) as small_system:
        pids = [small_system.pid("early"), small_system.pid("late")]

    assert all(pid and not Path(f"/proc/{pid}").exists() for pid in pids)
    assert (tmp_path / "early.drained").exists()


def test_a_failed_step_ends_the_start_with_its_last_words(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceFailedError, match="once ended with 3:\nonce cannot work"),
        running_system(settings_in(tmp_path, once="fail3")),
    ):
        pass

    assert "late none" not in started(tmp_path)


def test_a_second_start_is_refused_and_names_the_first(small_system: System, tmp_path: Path) -> None:
    with (
        pytest.raises(AlreadyRunningError, match=f"already running as process {os.getpid()}"),
        running_system(settings_in(tmp_path)),
    ):
        pass


def test_a_taken_port_is_named_with_the_variable_to_change(small_system: System, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    settings = settings_in(other)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.ports["WHISTLE_LATE_PORT"]))
        taken.listen()

        expected = f"port {settings.ports['WHISTLE_LATE_PORT']} is taken; choose another with WHISTLE_LATE_PORT"
        with pytest.raises(PortTakenError, match=expected), running_system(settings):
            pass


def test_what_a_killed_system_said_of_its_services_is_not_said_of_the_next(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.state.folder.mkdir(parents=True)
    told = settings.state.folder / "status.json"
    told.write_text('{"late": {"phase": "healthy"}}', encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.ports["WHISTLE_LATE_PORT"]))
        taken.listen()

        with pytest.raises(PortTakenError), running_system(settings):
            pass

    assert not told.exists()


def test_preparation_happens_after_the_steps_and_before_the_services(tmp_path: Path) -> None:
    seen: list[list[str]] = []
    settings = settings_in(tmp_path)
    settings = Settings(
        state=settings.state,
        ports=settings.ports,
        values=settings.values,
        compose=settings.compose,
        prepare=lambda _: seen.append(started(tmp_path)),
    )

    with running_system(settings):
        pass

    assert seen == [["once none"]]


async def test_what_a_killed_supervisor_left_is_ended_at_the_next_start(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    lost = Children(state.folder, state.logs)
    child = lost.start("early", ["/bin/sleep", "600"], {})

    assert Children(state.folder, state.logs).end_leftovers() == ["early"]
    assert child.wait(60) == -signal.SIGKILL


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts how often it looks for something to do."""

    passes = 0

    def _run_once(self) -> None:
        self.passes += 1
        super()._run_once()  # type: ignore[misc]  # asyncio's own, private to the type stubs


def test_a_supervisor_with_nothing_to_do_waits(tmp_path: Path) -> None:
    # Once a task that had ended made every wait end at once: the supervisor took a fifth of the machine.
    loop = CountingLoop()

    async def run() -> None:
        supervisor = Supervisor(services={}, servers={}, children=Children(tmp_path, tmp_path), environment={})
        until = asyncio.Event()
        loop.call_later(0.5, until.set)
        await supervisor.run(until)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(run())

    assert loop.passes < 200
