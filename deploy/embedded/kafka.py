"""A real Apache Kafka broker (KRaft) on the loopback: started, stopped, killed and started again."""

import asyncio
import os
import shutil
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Final, Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError as ClientError

from deploy.embedded.children import Children, end
from deploy.embedded.ports import LOOPBACK, is_listening
from deploy.embedded.state import JARS, State
from deploy.embedded.waiting import run_apart, until

HERE: Final = Path(__file__).resolve().parent
HEAP: Final = "-Xmx512m"
JVM: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms256m")
"""The quick compiler only: after 25 s of load the thorough one still took more than half of the broker's CPU on two
cores, 270 µs a case in all instead of 130."""
ARCHIVE: Final = JARS / "classes.jsa"
"""The broker's classes as the JVM keeps them in memory; made by `class_archive`, ignored where it does not fit."""
START_SECONDS: Final = 150.0
STOP_SECONDS: Final = 30.0
METADATA_SECONDS: Final = 5.0


class KafkaError(RuntimeError):
    """The embedded broker could not be made or started."""


@dataclass(slots=True, kw_only=True)
class Kafka:
    """One broker that is its own controller; what it stored survives `stop` and `kill`."""

    state: State
    port: int
    controller_port: int
    children: Children
    advertised: str = ""
    """The address clients are sent to, where it is not the broker's own: a proxy's."""
    options: tuple[str, ...] = JVM
    """Of the Java machine."""
    stop_seconds: float = STOP_SECONDS
    _server: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server and self._server.poll() is None else None

    def start(self) -> None:
        """Format the storage if it is new, start the broker, and return when it answers a client.

        Raises:
            KafkaError: it ended or stayed silent; its log says why.
        """
        self._write_properties()
        if not (self.state.kafka / "data" / "meta.properties").exists():
            self._format()
        server = self.children.start(
            "kafka",
            [*_java(self.options), "kafka.Kafka", str(self._properties)],
            _environment(),
        )
        self._server = server
        came = until(lambda: server.poll() is not None or self._answers(), START_SECONDS, tick_seconds=0.1)
        if not came or server.poll() is not None:
            raise KafkaError(f"Kafka does not start; see {self.state.logs / 'kafka.log'}")

    def stop(self) -> None:
        """Stop gently: the broker writes down where its logs end, so that the next start is quick."""
        if self._server:
            end(self._server, signal.SIGTERM, self.stop_seconds)
            self.children.forget("kafka")

    def kill(self) -> None:
        """`kill -9`; `start` reads its logs again."""
        if self._server:
            self._server.kill()
            self._server.wait()

    def forget_everything(self) -> None:
        """Delete all that a stopped broker stored, topics and offsets too."""
        shutil.rmtree(self.state.kafka, ignore_errors=True)

    @property
    def _properties(self) -> Path:
        return self.state.kafka / "server.properties"

    def _write_properties(self) -> None:
        self.state.kafka.mkdir(parents=True, exist_ok=True)
        template = Template((HERE / "server.properties").read_text(encoding="utf-8"))
        values = {
            "port": self.port,
            "advertised": self.advertised or self.address,
            "controller_port": self.controller_port,
            "data": self.state.kafka / "data",
        }
        self._properties.write_text(template.substitute(values), encoding="utf-8")

    def _format(self) -> None:
        arguments = ["format", "--standalone", "-t", new_cluster_id(), "-c", str(self._properties)]
        done = subprocess.run(
            [*_java(JVM), "kafka.tools.StorageTool", *arguments],
            env=_environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise KafkaError(f"the broker's storage cannot be formatted: {done.stderr.strip() or done.stdout.strip()}")

    def _answers(self) -> bool:
        return is_listening(self.port) and run_apart(_has_metadata(self.address))


def new_cluster_id() -> str:
    """Return a random id as Kafka writes them; never one that begins like an option of its tools."""
    first, *rest = uuid.uuid4().bytes
    return urlsafe_b64encode(bytes([first & 0x7F, *rest])).decode("ascii").rstrip("=")


async def _has_metadata(address: str) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, request_timeout_ms=int(METADATA_SECONDS * 1000))
    try:
        await asyncio.wait_for(admin.start(), METADATA_SECONDS)
        cluster = await admin.describe_cluster()
    except (ClientError, OSError, TimeoutError):
        return False
    finally:
        with suppress(ClientError, OSError):
            await admin.close()
    return bool(cluster["brokers"])


def _java(options: tuple[str, ...]) -> list[str]:
    if not any(JARS.glob("kafka_*.jar")):
        raise KafkaError("Kafka's jars are not there; `make setup` fetches them by Maven")
    archive = ["-Xshare:auto", "-Xlog:disable", f"-XX:SharedArchiveFile={ARCHIVE}"] if ARCHIVE.exists() else []
    plain = ["-Djava.awt.headless=true", "-Djava.net.preferIPv4Stack=true"]
    log = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
    return ["java", HEAP, *options, *archive, *plain, log, "-cp", ":".join(sorted(map(str, JARS.glob("*.jar"))))]


def _environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "JAVA_HOME", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ}
