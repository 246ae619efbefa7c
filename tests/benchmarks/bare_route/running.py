"""Runs the bare route beside real servers of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.children import Children, end
from deploy.embedded.ports import free_ports, is_listening
from deploy.embedded.running import System
from deploy.embedded.state import PROJECT
from deploy.embedded.waiting import comes_true
from tests.benchmarks.bare_route.wire import PARTITIONS, TOPICS
from tests.benchmarks.route import BARE, Route

DATABASE: Final = "bare_route"
SCHEMA: Final = Path(__file__).with_name("schema.sql")
PROCESSES: Final = ("intake-api", "intake-relay", "router", "ledger", "notify")
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0


@asynccontextmanager
async def bare_route(system: System) -> AsyncIterator[Route]:
    """Make the tables and topics, run the five processes, and end them; `system` is Kafka and PostgreSQL."""
    dsn, brokers = system.postgres.dsn("postgres", DATABASE), system.values["WHISTLE_KAFKA"]
    system.postgres.run_sql(f"create database {DATABASE};")
    system.postgres.run_sql(SCHEMA.read_text(encoding="utf-8"), DATABASE)
    await _create_topics(brokers)
    (port,) = free_ports(1)
    children = Children(system.state.folder / "bare", system.state.logs)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    argv = [sys.executable, "-m", "tests.benchmarks.bare_route"]
    running = {
        name: children.start(f"bare-{name}", [*argv, name, dsn, brokers, str(port)], environment) for name in PROCESSES
    }
    pids = {name: child.pid for name, child in running.items()}
    connection = await asyncpg.connect(dsn)
    try:
        await asyncio.wait_for(comes_true(lambda: is_listening(port)), START_SECONDS)
        yield Route(
            url=f"http://127.0.0.1:{port}",
            connection=connection,
            tables=BARE,
            pids=lambda: {**pids, "kafka": system.pid("kafka"), "postgres": system.pid("postgres")},
            folder=system.state.folder,
        )
    finally:
        await connection.close()
        for child in running.values():
            end(child, signal.SIGTERM, STOP_SECONDS)


async def _create_topics(brokers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in TOPICS])
    finally:
        await admin.close()
