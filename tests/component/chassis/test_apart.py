"""Work in a process of its own: who waits learns what became of it, and it never outlives them."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from services.chassis.apart import ApartError, WorkRefusedError, run_apart
from tests.waiting import eventually

WORKING = "tests.component.chassis.working_apart"
WAITER = """
import asyncio, sys
from services.chassis.apart import run_apart
asyncio.run(run_apart(*sys.argv[1:], seconds_max=600))
"""


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the work notes its process."""
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "0")
    return tmp_path / "pid"


def text_in(noted: Path) -> str:
    return noted.read_text(encoding="ascii")


def pid_in(noted: Path) -> int:
    return int(text_in(noted) or 0) if noted.exists() else 0


def is_gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"


async def test_it_is_done_when_it_has_ended_well(noted: Path) -> None:
    assert await run_apart(WORKING, "do", str(noted), seconds_max=60)
    assert pid_in(noted) not in {0, os.getpid()}


async def test_what_misses_something_is_to_be_tried_again(noted: Path) -> None:
    assert not await run_apart(WORKING, "miss", str(noted), seconds_max=60)


async def test_what_fails_is_an_error_of_whoever_waits(noted: Path) -> None:
    with pytest.raises(ApartError, match="ended with 70"):
        await run_apart(WORKING, "fail", str(noted), seconds_max=60)


async def test_what_is_refused_is_told_and_no_failure(noted: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(WorkRefusedError):
        await run_apart(WORKING, "refuse", str(noted), seconds_max=60)

    assert "there is too much of it" in "".join(capfd.readouterr())


async def test_what_yields_leaves_the_cores_to_others_and_its_starter_as_it_was(noted: Path) -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert await run_apart(WORKING, "yield", str(noted), seconds_max=60)

    assert text_in(noted) == "19 True"
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


async def test_what_takes_too_long_is_ended(noted: Path) -> None:
    assert not await run_apart(WORKING, "go-on", str(noted), seconds_max=5)

    await eventually(lambda: is_gone(pid_in(noted)), within_seconds=10)


async def test_what_was_killed_is_to_be_tried_again(noted: Path) -> None:
    waiting = asyncio.create_task(run_apart(WORKING, "go-on", str(noted), seconds_max=60))
    os.kill(await eventually(lambda: pid_in(noted), within_seconds=30), signal.SIGKILL)

    assert not await waiting


async def test_whoever_waits_no_longer_ends_it(noted: Path) -> None:
    waiting = asyncio.create_task(run_apart(WORKING, "go-on", str(noted), seconds_max=60))
    pid = await eventually(lambda: pid_in(noted), within_seconds=30)

    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting

    await eventually(lambda: is_gone(pid), within_seconds=10)


async def test_it_ends_with_a_process_that_was_killed(noted: Path) -> None:
    waiter = await asyncio.create_subprocess_exec(sys.executable, "-c", WAITER, WORKING, "go-on", str(noted))
    pid = await eventually(lambda: pid_in(noted), within_seconds=30)

    waiter.kill()
    await waiter.wait()

    await eventually(lambda: is_gone(pid), within_seconds=10)
