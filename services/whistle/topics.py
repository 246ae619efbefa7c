"""`whistle topics apply`: makes Kafka's topics what FLOW says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from services.contracts.flow import FLOW, RECORD_BYTES_MAX, Hop
from services.whistle.connecting import kafka_admin
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Kafka's topics, as FLOW declares them.", no_args_is_help=True)

OVERHEAD_BYTES: Final = 64 * 1024
"""Keys, headers and the batch around the largest record."""
KNOWN_SECONDS_MAX: Final = 20.0
TICK_SECONDS: Final = 0.05
MILLISECONDS_PER_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Difference:
    """What one topic lacks. `action` is none, create, grow or configure."""

    hop: Hop
    action: str
    detail: str = ""


@app.callback()
def _topics() -> None: ...


@app.command()
def apply(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create missing topics, add missing partitions, set retention and sizes. Never removes anything."""
    answer(_apply(dry_run=dry_run), as_json=as_json)


async def _apply(*, dry_run: bool) -> Answer:
    settings = CliSettings.read()
    if dry_run:
        async with kafka_admin(settings.brokers) as admin:
            found = await differences(admin)
    else:
        found = await make_topics(settings.brokers, settings.kafka_replication)
    rows = [(each.hop.topic, each.action, each.detail) for each in found]
    told = {
        "changed": not dry_run,
        "topics": [dict(zip(("topic", "action", "detail"), row, strict=True)) for row in rows],
    }
    return Answer(told, [table(("topic", "action", "detail"), rows)])


async def make_topics(brokers: str, replication: int) -> list[Difference]:
    """Make Kafka's topics what FLOW says; return what was different."""
    async with kafka_admin(brokers) as admin:
        found = await differences(admin)
        for difference in found:
            await _close(admin, difference, replication)
        await _until_known(admin)
    return found


async def differences(admin: AIOKafkaAdminClient) -> list[Difference]:
    """Compare Kafka's topics with FLOW; one entry per hop, in its order."""
    existing = await admin.list_topics()
    partitions = {
        topic["topic"]: len(topic["partitions"])
        for topic in await admin.describe_topics([hop.topic for hop in FLOW if hop.topic in existing] or None)
    }
    configs = await _configs(admin, [hop.topic for hop in FLOW if hop.topic in existing])
    return [_difference(hop, partitions.get(hop.topic), configs.get(hop.topic, {})) for hop in FLOW]


def wanted_configs(hop: Hop, replication: int = 1) -> dict[str, str]:
    """Return a topic's settings."""
    return {
        "retention.ms": str(hop.retention_days * MILLISECONDS_PER_DAY),
        "max.message.bytes": str(RECORD_BYTES_MAX + OVERHEAD_BYTES),
        "cleanup.policy": "delete",
        "min.insync.replicas": str(max(1, replication - 1)),
    }


def _difference(hop: Hop, partitions: int | None, configs: Mapping[str, str]) -> Difference:
    if partitions is None:
        return Difference(hop, "create", f"{hop.partitions} partitions, {hop.retention_days} days")
    if partitions < hop.partitions:
        return Difference(hop, "grow", f"{partitions} → {hop.partitions} partitions")
    # The copies are the cluster's own decision; the rest must be as declared.
    wanted = {name: value for name, value in wanted_configs(hop).items() if name != "min.insync.replicas"}
    other = [f"{name} {configs.get(name)} → {value}" for name, value in wanted.items() if configs.get(name) != value]
    if other:
        return Difference(hop, "configure", "; ".join(other))
    more = partitions - hop.partitions
    return Difference(hop, "none", f"{more} more partitions than declared" if more else "")


async def _configs(admin: AIOKafkaAdminClient, topics: list[str]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    answers = await admin.describe_configs(asked)
    return {
        name: {entry[0]: entry[1] for entry in entries} for told in answers for _, _, _, name, entries in told.resources
    }


async def _until_known(admin: AIOKafkaAdminClient) -> None:
    # A created topic is not at once in every answer about topics; who starts next must find it.
    async with asyncio.timeout(KNOWN_SECONDS_MAX):
        while {hop.topic for hop in FLOW} - set(await admin.list_topics()):  # noqa: ASYNC110 -- Kafka tells nobody
            await asyncio.sleep(TICK_SECONDS)


async def _close(admin: AIOKafkaAdminClient, difference: Difference, replication: int) -> None:
    hop = difference.hop
    if difference.action == "create":
        topic = NewTopic(hop.topic, hop.partitions, replication, topic_configs=wanted_configs(hop, replication))
        _raise_refusals((await admin.create_topics([topic])).topic_errors, besides=TopicAlreadyExistsError.errno)
    elif difference.action == "grow":
        _raise_refusals((await admin.create_partitions({hop.topic: NewPartitions(hop.partitions)})).topic_errors)
    elif difference.action == "configure":
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, hop.topic, wanted_configs(hop, replication))]
        )


def _raise_refusals(errors: list[tuple[Any, ...]], besides: int = 0) -> None:
    for topic, code, *message in errors:
        if code not in {0, besides}:
            raise for_code(code)(f"{topic}: {' '.join(filter(None, map(str, message)))}")
