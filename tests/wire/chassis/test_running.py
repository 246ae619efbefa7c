"""How every process runs: started, asked, drained, crashed; real processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2
import pytest

from deploy.embedded.ports import free_ports
from services.chassis.failures import EXIT_CONFIGURATION, EXIT_CRASHED
from tests.waiting import eventually

COMMAND = [sys.executable, "-m", "tests.wire.chassis.service"]


class Small:
    """The small service on a free port."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self.environment = {"WHISTLE_SMALL_PORT": str(self.port), "WHISTLE_SMALL_DRAIN_SECONDS": "60"}
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(COMMAND, env=os.environ | self.environment, stdout=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    async def answers(self) -> bool:
        try:
            return (await self.get("/livez")).status_code == 200
        except httpx2.TransportError:
            return False

    async def get(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60.0) as client:
            return await client.get(path)

    async def begin(self, path: str) -> "asyncio.Task[httpx2.Response]":
        """Ask for a slow answer and return when it is in hand."""
        slow = asyncio.create_task(self.get(path))

        async def begun() -> bool:
            return bool((await self.get("/begun")).json())

        check: Callable[[], Awaitable[bool] | bool] = begun
        await eventually(check, within_seconds=60.0)
        return slow

    async def says_of_its_health(self, words: str) -> subprocess.CompletedProcess[str]:
        """Return what `--health` ended with once it says these words: whoever asks waits three seconds at most."""

        async def said() -> subprocess.CompletedProcess[str] | None:
            told = await asyncio.to_thread(self.ask, "--health")
            return told if words in told.stdout else None

        return await eventually(said, within_seconds=60.0)

    async def closes_its_door(self) -> None:
        async def closed() -> bool:
            return not await self.answers()

        check: Callable[[], Awaitable[bool] | bool] = closed
        await eventually(check, within_seconds=60.0)

    async def up(self) -> subprocess.Popen[bytes]:
        process = self.start()
        check: Callable[[], Awaitable[bool] | bool] = self.answers
        await eventually(check, within_seconds=60.0)
        return process


@pytest.fixture
async def small() -> AsyncIterator[Small]:
    small = Small()
    yield small
    for process in small.processes:
        process.kill()
        process.wait()
    await asyncio.sleep(0)  # closed connections say so in the loop's next turn


async def ended(process: subprocess.Popen[bytes]) -> int:
    await eventually(lambda: process.poll() is not None, within_seconds=60.0)
    return process.wait()


async def test_the_four_operational_paths_answer(small: Small) -> None:
    await small.up()

    ready, metrics = await small.get("/readyz?verbose"), await small.get("/metrics")

    assert ready.json() == {"ready": True, "checks": {"outages": "ok", "asked": "ok"}}
    assert (await small.get("/version")).json()["service"] == "small"
    assert 'whistle_build_info{revision="unknown",service="small"' in metrics.text
    assert "process_cpu_seconds_total" in metrics.text
    assert "x-content-type-options" in metrics.headers
    assert (await small.get("/nowhere")).status_code == 404


async def test_health_says_whether_the_process_is_ready(small: Small) -> None:
    unreachable = await asyncio.to_thread(small.ask, "--health")
    small.environment["WHISTLE_SMALL_UNREADY"] = "true"
    await small.up()
    unready = await small.says_of_its_health("asked to be unready")

    assert (unreachable.returncode, unready.returncode) == (1, 1)
    assert "not answering" in unreachable.stdout


async def test_a_ready_process_is_healthy(small: Small) -> None:
    await small.up()

    assert (await small.says_of_its_health('"ready":true')).returncode == 0


async def test_a_stop_lets_answers_in_hand_finish_and_ends_with_zero(small: Small) -> None:
    process = await small.up()
    slow = await small.begin("/slow")

    process.send_signal(signal.SIGTERM)

    assert (await slow).json() == "done"
    assert await ended(process) == 0


async def test_a_second_signal_ends_it_at_once(small: Small) -> None:
    process = await small.up()
    slow = await small.begin("/never")

    process.send_signal(signal.SIGTERM)
    await small.closes_its_door()
    process.send_signal(signal.SIGTERM)

    assert await ended(process) == 130
    with pytest.raises(httpx2.TransportError):
        await slow


async def test_work_that_fails_ends_the_process_with_non_zero(small: Small) -> None:
    small.environment["WHISTLE_SMALL_FAILS"] = "true"

    assert await ended(small.start()) == EXIT_CRASHED


async def test_a_taken_port_is_one_clear_sentence(small: Small) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", small.port))
        other.listen()

        told = await asyncio.to_thread(small.ask)

    assert told.returncode == EXIT_CONFIGURATION
    assert told.stderr == f"cannot listen on 127.0.0.1:{small.port}: Address already in use\n"


async def test_check_config_prints_what_would_be_used(small: Small) -> None:
    told = await asyncio.to_thread(small.ask, "--check-config")

    assert told.returncode == 0
    assert f'"port": {small.port}' in told.stdout


async def test_wrong_settings_are_told_by_name(small: Small) -> None:
    small.environment["WHISTLE_SMALL_PORT"] = "many"

    told = await asyncio.to_thread(small.ask, "--check-config")

    assert told.returncode == EXIT_CONFIGURATION
    assert told.stderr.startswith("WHISTLE_SMALL_PORT: ")
