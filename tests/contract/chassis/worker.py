"""A small consumer for the contract of both pumps: notes what took effect in a file, fails as its messages ask."""

import asyncio
import dataclasses
import functools
import os
import sys
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.delivery.batch import Batch, CannotHandleError
from services.chassis.delivery.crashes import PostgresCrashes, note_from_thread
from services.chassis.delivery.dead_letters import PostgresDeadLetters
from services.chassis.delivery.faust_app import raw_topic, worker_app
from services.chassis.delivery.faust_pump import FaustPump
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.kafka_pump import KafkaPump
from services.chassis.delivery.watchdog import Watchdog
from services.chassis.metrics import DeliveryMetrics
from services.chassis.postgres import postgres_pool
from services.chassis.running import Process, run_service
from services.chassis.settings import KafkaSettings, WithKafka, WithPostgres
from services.chassis.shell import Shell


class Said(msgspec.Struct, frozen=True):
    """A message of the tests."""

    TYPE: ClassVar[str] = "said"

    text: str


class ProbeSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_PROBE_")

    topic: str
    group: str
    effects: Path
    stuck_seconds_max: float = Field(default=60.0)

    @property
    def member(self) -> KafkaSettings:
        """A group of this test's own; the broker is shared."""
        return dataclasses.replace(self.kafka, service=self.group)


async def note_effects(path: Path, batch: Batch[Said]) -> None:
    """Append every text, all or nothing."""
    texts = [event.text for event in batch.events]
    if any(text.startswith("refuse") for text in texts):
        raise CannotHandleError("it asked to be refused")
    if any(text.startswith("crash") for text in texts):
        raise RuntimeError("a bug")
    if "hang" in texts:
        await asyncio.Event().wait()
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{text}\n" for text in texts))
        file.flush()
        os.fsync(file.fileno())


async def run(pump_kind: str, settings: ProbeSettings, shell: Shell) -> None:
    async with postgres_pool(settings.postgres) as pool:
        finishing = Finishing(
            PostgresDeadLetters(pool),
            PostgresCrashes(pool),
            shell.outages,
            DeliveryMetrics.create(shell.registry, shell.service),
        )
        handle = functools.partial(note_effects, settings.effects)
        start = start_faust if pump_kind == "faust" else start_kafka
        pump: FaustPump | KafkaPump = start(settings, shell, finishing, handle)
        shell.health.add("pump", pump.ready)
        note = functools.partial(note_from_thread, settings.postgres)
        watchdog = Watchdog(shell.health, shell.progress, shell.outages, finishing, note)
        watchdog.stuck_seconds_max = settings.stuck_seconds_max
        watchdog.start()
        await shell.serve()


def start_faust(settings: ProbeSettings, shell: Shell, finishing: Finishing, handle: Any) -> FaustPump:
    kafka = settings.member
    app = worker_app(settings.group, kafka)
    pump = FaustPump(app, kafka, finishing, shell.progress)

    @app.agent(raw_topic(app, settings.topic), name="probe.note")  # type: ignore[untyped-decorator]  # Faust
    async def note(stream: Any) -> None:
        await pump.run(stream, Said, handle)

    shell.start("pump", pump.work(), stop=pump.stop)
    return pump


def start_kafka(settings: ProbeSettings, shell: Shell, finishing: Finishing, handle: Any) -> KafkaPump:
    pump = KafkaPump(settings.member, finishing, shell.progress)
    pump.read(settings.topic, Said, handle)
    shell.start("pump", pump.run(), stop=pump.stop)
    return pump


if __name__ == "__main__":
    kind = sys.argv.pop(1)
    run_service("probe", {"": Process(ProbeSettings, functools.partial(run, kind))})
