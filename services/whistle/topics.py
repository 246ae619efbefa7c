"""`whistle topics apply`: makes Kafka's topics what FLOW says."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.chassis.delivery.topics import Topic, ask_cluster, create_missing, raise_refusals, topics_of_flow
from services.contracts.flow import FLOW
from services.whistle.connecting import kafka_admin
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Kafka's topics, as FLOW declares them.", no_args_is_help=True)

KNOWN_SECONDS_MAX: Final = 20.0
TICK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """What one topic lacks. `action` is none, create, grow or configure."""

    topic: Topic
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
    rows = [(each.topic.name, each.action, each.detail) for each in found]
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
    """Compare Kafka's topics with FLOW; one entry per topic, in its order."""
    declared, existing = topics_of_flow(), await ask_cluster(admin.list_topics)
    there = [topic.name for topic in declared if topic.name in existing]
    partitions = {each["topic"]: len(each["partitions"]) for each in await admin.describe_topics(there or None)}
    configs = await _configs(admin, there)
    return [_difference(topic, partitions.get(topic.name), configs.get(topic.name, {})) for topic in declared]


def _difference(topic: Topic, partitions: int | None, configs: Mapping[str, str]) -> Difference:
    if partitions is None:
        return Difference(topic, "create", f"{topic.partitions} partitions, {topic.retention.days} days")
    if partitions < topic.partitions:
        return Difference(topic, "grow", f"{partitions} → {topic.partitions} partitions")
    # The copies are the cluster's own decision; the rest must be as declared.
    wanted = {name: value for name, value in topic.configs(1).items() if name != "min.insync.replicas"}
    other = [f"{name} {configs.get(name)} → {value}" for name, value in wanted.items() if configs.get(name) != value]
    if other:
        return Difference(topic, "configure", "; ".join(other))
    more = partitions - topic.partitions
    return Difference(topic, "none", f"{more} more partitions than declared" if more else "")


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
        while {hop.topic for hop in FLOW} - set(await ask_cluster(admin.list_topics)):  # noqa: ASYNC110 -- Kafka tells nobody
            await asyncio.sleep(TICK_SECONDS)


async def _close(admin: AIOKafkaAdminClient, difference: Difference, replication: int) -> None:
    topic = difference.topic
    if difference.action == "create":
        await create_missing(admin, [topic], replication)
    elif difference.action == "grow":
        wanted_partitions = {topic.name: NewPartitions(topic.partitions)}
        answer = await ask_cluster(lambda: admin.create_partitions(wanted_partitions))
        raise_refusals(answer.topic_errors)
    elif difference.action == "configure":
        wanted = topic.configs(replication)
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, wanted)])
