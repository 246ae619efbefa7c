"""DBOS: durable timers, all due at one instant, in as many of its processes as the machine has cores."""

import asyncio
import subprocess
import time
from contextlib import suppress
from typing import Any, Final

import asyncpg

from deploy.embedded.state import PROJECT
from tests.benchmarks.race.document import Deadlines
from tests.benchmarks.race.peers import PeerFailedError, Peers

DISTRIBUTION: Final = "dbos"
PROGRAM: Final = "tests.benchmarks.race.dbos_timers"
WAYS: Final = {
    "sleep": "each timer a workflow in durable sleep, then a step",
    "queue": "each timer a workflow enqueued with a delay, then a step; queue polled every 0.1 s",
}
STORED_PER_S: Final = 40
"""At least, by all processes: what the due instant is chosen by."""
AHEAD_SECONDS: Final = 15.0
SECONDS_MAX: Final = 240.0
POLL_SECONDS: Final = 0.1

DONE: Final = "select count(*) from dbos.workflow_status where status = 'SUCCESS'"
LAST: Final = (
    "select max(completed_at_epoch_ms) / 1000.0 from dbos.operation_outputs where function_name like '%escalate%'"
)
EARLY: Final = (
    "select count(*) from dbos.operation_outputs where function_name like '%escalate%' and completed_at_epoch_ms < $1"
)


async def run_timers(peers: Peers, processes: int, way: str, count: int) -> Deadlines:
    """Store `count` timers due at one instant; return how long after it the last one had its effect."""
    database = f"dbos_{way}"
    peers.system.postgres.run_sql(f"create database {database};")
    due = time.clock_gettime(time.CLOCK_REALTIME) + AHEAD_SECONDS + count / STORED_PER_S
    running = [_started(peers, database, way, count // processes, due) for _ in range(processes)]
    try:
        began = time.monotonic()
        await asyncio.gather(*(asyncio.to_thread(_until_stored, one) for one in running))
        stored = time.monotonic() - began
        late = time.clock_gettime(time.CLOCK_REALTIME) - due
        if late > 0:
            raise PeerFailedError(f"the timers were stored {late:.0f} s after they were due")
        connection = await asyncpg.connect(peers.system.postgres.dsn("postgres", database))
        seconds = await _until_done(connection, due, count // processes * processes)
        await connection.close()
    finally:
        for one in running:
            _end(one)
    return Deadlines(
        runner=DISTRIBUTION,
        version=peers.version(DISTRIBUTION),
        count=count,
        seconds=seconds,
        per_s=count / seconds,
        how=f"{processes} processes, {WAYS[way]}; stored in {stored:.0f} s; no whistle, no message",
    )


def _started(peers: Peers, database: str, way: str, count: int, due: float) -> subprocess.Popen[str]:
    argv = [peers.program("python"), "-m", PROGRAM, way, str(count), f"{due:.3f}"]
    with (peers.system.state.logs / f"{database}.log").open("ab") as log:
        return subprocess.Popen(
            argv,
            env=peers.environment(database),
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def _until_stored(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    if process.stdout.readline() != "stored\n":
        raise PeerFailedError("a DBOS process ended before its timers were stored; see its log")


async def _until_done(connection: Any, due: float, count: int) -> float:
    ends = time.monotonic() + SECONDS_MAX
    while await connection.fetchval(DONE) < count:
        if time.monotonic() > ends:
            raise PeerFailedError(f"{await connection.fetchval(DONE)} of {count} timers within {SECONDS_MAX:g} s")
        await asyncio.sleep(POLL_SECONDS)
    early = await connection.fetchval(EARLY, int(due * 1000))
    if early:
        raise PeerFailedError(f"{early} timers had their effect early")
    return float(await connection.fetchval(LAST)) - due


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()
