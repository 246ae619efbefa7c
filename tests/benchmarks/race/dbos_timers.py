"""`python -m tests.benchmarks.race.dbos_timers WAY COUNT DUE`: a DBOS process with durable timers due at one instant.

`sleep`: each timer is a workflow in durable sleep; `queue`: each is a workflow enqueued with a delay. Runs in the
race's own environment. Prints one line when all timers are stored, and ends when its standard input ends.
"""

import asyncio
import os
import sys
import time

from dbos import DBOS, DBOSConfig, SetEnqueueOptions

QUEUE = "timers"
AT_ONCE = 200
POLLING_SECONDS = 0.1


def until(due: float) -> float:
    """Return the seconds left by the wall clock, which is DBOS's own."""
    return max(due - time.clock_gettime(time.CLOCK_REALTIME), 0.0)


@DBOS.step()  # type: ignore[untyped-decorator]
async def escalate(case: int) -> int:
    """Have the effect: the row that DBOS keeps of this step."""
    return case


@DBOS.workflow()  # type: ignore[untyped-decorator]
async def sleeping(case: int, due: float) -> int:
    """Sleep durably until the deadline, then escalate."""
    await DBOS.sleep_async(until(due))
    return await escalate(case)  # type: ignore[no-any-return]


@DBOS.workflow()  # type: ignore[untyped-decorator]
async def delayed(case: int) -> int:
    """Escalate: the queue kept this workflow until its deadline."""
    return await escalate(case)  # type: ignore[no-any-return]


async def store(way: str, count: int, due: float) -> None:
    """Store `count` timers."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(case: int) -> None:
        async with turns:
            if way == "sleep":
                await DBOS.start_workflow_async(sleeping, case, due)
            else:
                with SetEnqueueOptions(delay_seconds=until(due)):
                    await DBOS.enqueue_workflow_async(QUEUE, delayed, case)

    await asyncio.gather(*(one(case) for case in range(count)))


async def main() -> None:
    """Store the timers, say so, and stay until told to go."""
    way, count, due = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    address = f"127.0.0.1:{os.environ['RACE_PORT']}/{os.environ['RACE_DATABASE']}"
    config: DBOSConfig = {
        "name": "race",
        "system_database_url": f"postgresql://postgres:{os.environ['RACE_PASSWORD']}@{address}",
        "application_version": "race",
        "executor_id": str(os.getpid()),
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.launch()
    await DBOS.register_queue_async(QUEUE, polling_interval_sec=POLLING_SECONDS)
    await store(way, count, due)
    sys.stdout.write("stored\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main())
