"""One service as a process, on the session's broker and a database of its own."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from services.chassis.delivery.topics import create_missing, topics_of_flow
from services.contracts.codec import encode, headers_of, key_of
from services.contracts.events import Event
from tests.environment.database import Database
from tests.waiting import eventually


@dataclass(slots=True)
class Process:
    """`python -m services.<service>` with its settings from the environment."""

    service: str
    settings: Mapping[str, str]
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        prefix = f"WHISTLE_{self.service.upper()}_"
        settings = {prefix + name: value for name, value in self.settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"services.{self.service}"],
            env={**os.environ, **settings, f"{prefix}PORT": str(self.port)},
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    async def ready(self) -> None:
        await eventually(lambda: self.get("/readyz?verbose").startswith('{"ready":true'), within_seconds=60)

    def get(self, path: str) -> str:
        """Return what a path says, or why it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:
            return repr(error)


@asynccontextmanager
async def running(service: str, role: str, database: Database, kafka: Kafka, **settings: str) -> AsyncIterator[Process]:
    """Run the service until the block is left; FLOW's topics exist."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        await create_missing(admin, topics_of_flow())
    finally:
        await admin.close()
    own = {
        "POSTGRES_DSN": database.dsn_without_password(role),
        "POSTGRES_PASSWORD_FILE": str(database.password_file(role)),
        "KAFKA_BROKERS": kafka.address,
        "INSTANCE": database.name,
    }
    process = Process(service, own | settings)
    process.start()
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.end(signal.SIGKILL)


async def publish(kafka: Kafka, *events: Event) -> None:
    """Send events as a relay does."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.address) as producer:
        for event in events:
            await producer.send_and_wait(event.TYPE, encode(event), key=key_of(event.key), headers=headers_of(event))
