"""Starts the worker as a process, speaks to its topic, and sees what took effect."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.delivery.topics import ask_cluster
from tests.environment.database import Database
from tests.environment.topics import create_topics, unique
from tests.waiting import eventually

ROLES: Final = {"faust": "router", "aiokafka": "ledger_writer"}


@dataclass(slots=True)
class Probe:
    """One topic, one group, and the processes started for them."""

    pump: str
    brokers: str
    database: Database
    folder: Path
    topic: str = field(default_factory=lambda: unique("said"))
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def group(self) -> str:
        return f"group-{self.topic}"

    @property
    def effects(self) -> list[str]:
        path = self.folder / "effects"
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    async def create_topic(self) -> None:
        await create_topics(self.brokers, [self.topic], partitions=2)

    async def say(self, *values: str | bytes | None, key: str = "") -> None:
        """Append values; text becomes a well-formed message. Their keys are their numbers, unless all have one.

        What shares a key shares a partition, and so is taken in its order; of two partitions one may be fetched,
        done and acknowledged before the other.
        """
        producer = AIOKafkaProducer(bootstrap_servers=self.brokers)
        await producer.start()
        try:
            for number, value in enumerate(values):
                body = json.dumps({"text": value}).encode() if isinstance(value, str) else value
                await producer.send_and_wait(self.topic, body, key=(key or str(number)).encode())
        finally:
            await producer.stop()

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker process; its log goes to a file of the test."""
        log = self.folder / f"worker-{len(self.processes)}.log"
        with log.open("wb") as output:
            self.processes.append(self._popen(output))
        return self.processes[-1]

    def _popen(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.contract.chassis.worker", self.pump],
            env=os.environ | self._settings() | self.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    async def ended(self, process: subprocess.Popen[bytes], *, within_seconds: float = 90.0) -> int:
        """Return the exit status."""
        await eventually(lambda: process.poll() is not None, within_seconds=within_seconds)
        return int(process.wait())

    async def stopped(self, process: subprocess.Popen[bytes]) -> int:
        """Ask the process to stop and return its exit status."""
        process.send_signal(signal.SIGTERM)
        return await self.ended(process)

    async def saw(self, count: int) -> list[str]:
        """Return the effects once there are `count` different ones."""

        def enough() -> list[str]:
            return self.effects if len(set(self.effects)) >= count else []

        return await eventually(enough, within_seconds=90.0)

    async def committed(self) -> int:
        """Return how many records the group has acknowledged, over all partitions."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.brokers)
        await admin.start()
        try:
            places = [TopicPartition(self.topic, number) for number in range(2)]
            offsets = await ask_cluster(lambda: admin.list_consumer_group_offsets(self.group, partitions=places))
        finally:
            await admin.close()
        return sum(max(known.offset, 0) for known in offsets.values())

    def is_at_work(self) -> bool:
        """Tell whether a worker was given partitions."""
        logs = "".join(path.read_text(encoding="utf-8") for path in self.folder.glob("worker-*.log"))
        return "Setting newly assigned partitions" in logs

    async def saw_restarting(self, worker: subprocess.Popen[bytes], count: int) -> None:
        """Wait for `count` different effects; a worker that ended is started again, as its supervisor would."""

        def enough() -> bool:
            nonlocal worker
            if worker.poll() is not None:
                worker = self.start()
            return len(set(self.effects)) >= count

        await eventually(enough, within_seconds=150.0)

    async def make_topic_anew(self) -> None:
        """Delete the topic with all it holds, and create it again."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.brokers)
        await admin.start()

        async def gone() -> bool:
            return self.topic not in await ask_cluster(admin.list_topics)

        try:
            await ask_cluster(lambda: admin.delete_topics([self.topic]))
            check: Callable[[], Awaitable[bool] | bool] = gone
            await eventually(check, within_seconds=60.0)
        finally:
            await admin.close()
        await self.create_topic()

    async def commit_beyond_the_end(self) -> None:
        """Leave the group where a topic that was made anew would: far beyond its end."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.brokers, group_id=self.group, enable_auto_commit=False)
        await consumer.start()
        try:
            places = [TopicPartition(self.topic, number) for number in range(2)]
            consumer.assign(places)
            await consumer.commit(dict.fromkeys(places, 1_000))
        finally:
            await consumer.stop()

    async def rows(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database.dsn("migrator"))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    def kill_all(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _settings(self) -> dict[str, str]:
        role = ROLES[self.pump]
        return {
            "WHISTLE_PROBE_PORT": "0",
            "WHISTLE_PROBE_POSTGRES_DSN": self.database.dsn_without_password(role),
            "WHISTLE_PROBE_POSTGRES_PASSWORD_FILE": str(self.database.password_file(role)),
            "WHISTLE_PROBE_KAFKA_BROKERS": self.brokers,
            "WHISTLE_PROBE_TOPIC": self.topic,
            "WHISTLE_PROBE_GROUP": self.group,
            "WHISTLE_PROBE_EFFECTS": str(self.folder / "effects"),
        }


async def acknowledged(probe: Probe, count: int) -> None:
    """Return when the group has acknowledged `count` records."""

    async def all_of_them() -> bool:
        return await probe.committed() == count

    check: Callable[[], Awaitable[bool] | bool] = all_of_them
    await eventually(check, within_seconds=60.0)
