"""`python -m tests.benchmarks.bare_route PROCESS DSN BROKERS PORT`: one process of the bare route."""

import asyncio
import sys
from typing import Final

import uvloop

from tests.benchmarks.bare_route import intake, ledger, notify, relay, router

PROCESSES: Final = {
    "intake-api": intake.run,
    "intake-relay": relay.run,
    "router": router.run,
    "ledger": ledger.run,
    "notify": notify.run,
}

if __name__ == "__main__":
    name, dsn, brokers, port = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(PROCESSES[name](dsn, brokers, int(port)))
