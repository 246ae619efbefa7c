"""PostgreSQL: its sessions, its locks, its room, and the clock that the tests may set."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from tests.faults.ground import CALL_SECONDS, Ground
from tests.faults.schedule import Fault
from tests.waiting import eventually

APART_SECONDS: Final = 0.5
ENDED_SECONDS: Final = 60.0
AMPLE: Final = 256 * 1024 * 1024
JUMP: Final = "update clock.stepped set at = at + $1, running_since = null returning at"
TERMINATE: Final = """
    select count(pg_terminate_backend(pid)) from (
        select pid from pg_stat_activity where application_name like 'whistle-%' order by md5(pid::text || $1) limit 3
    ) as chosen
"""


@asynccontextmanager
async def jump(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Set the stepped clock forward, once or `how.times` times."""
    for _ in range(fault.how.get("times", 1)):
        await ground.ask(JUMP, timedelta(minutes=fault.how["minutes"]))
        await asyncio.sleep(fault.how.get("apart", 0.0))
    yield


@asynccontextmanager
async def terminate(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """End three sessions of the services every half second, and at least `how.ended`."""
    ending = asyncio.create_task(_keep_terminating(ground))
    try:
        yield
        # By the time alone a machine that stands still for seconds would hardly feel it.
        at_least = fault.how.get("ended", 0)
        await eventually(lambda: ground.seen.get("ended", 0) >= at_least, within_seconds=ENDED_SECONDS)
    finally:
        ending.cancel()
        await asyncio.wait([ending])


async def _keep_terminating(ground: Ground) -> None:
    for turn in range(10_000):
        ground.seen["ended"] = ground.seen.get("ended", 0) + await ground.ask(TERMINATE, str(turn))
        await asyncio.sleep(APART_SECONDS)


@asynccontextmanager
async def no_connections(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Take every free session that the services may have, and end theirs so that they ask for new ones."""
    held: list[Any] = []
    dsn = ground.system.postgres.dsn("operator")
    with suppress(asyncpg.PostgresError, OSError, TimeoutError):
        while True:
            held.append(await asyncpg.connect(dsn, timeout=CALL_SECONDS))
    ground.seen["connections held"] = len(held)
    await ground.ask(TERMINATE, "now")
    try:
        yield
    finally:
        for connection in held:
            connection.terminate()


@asynccontextmanager
async def lock(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Lock a table against everybody."""
    async with ground.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"lock table {fault.how['table']} in access exclusive mode")
        try:
            yield
        finally:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
                await transaction.rollback()


@asynccontextmanager
async def disk_full(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Put a table on a file system of its own with room for few rows more; at the fault's end there is room again."""
    data, table = ground.system.postgres.data, fault.how["table"]
    room = data.folder / "small"
    room.mkdir(exist_ok=True)
    size = await ground.ask("select pg_table_size($1::regclass)", table) + fault.how["bytes"]
    await _mount(room, f"size={size},uid={data.run_as.uid},gid={data.run_as.gid},mode=0700", "-t", "tmpfs", "small")
    try:
        await _each(ground, f"create tablespace small location '{room}'", f"alter table {table} set tablespace small")
        yield
        await _mount(room, f"remount,size={AMPLE}")
        await _each(ground, f"alter table {table} set tablespace pg_default", "drop tablespace small")
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", "-l", str(room)], check=False)


async def _mount(folder: Path, options: str, *more: str) -> None:
    argv = ["mount", "-o", options, *more, str(folder)]
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.fail(
            f"a file system of its own must be mounted for this fault, and this machine refused: "
            f"{done.stderr.decode().strip()}. Run it as root where mounting is allowed, or leave it out with -k."
        )


async def _each(ground: Ground, *statements: str) -> None:
    async with ground.superuser() as connection:
        for statement in statements:
            await connection.execute(statement)
