"""Kafka: reachable, topics as FLOW says, groups not far behind."""

from collections.abc import Sequence
from typing import Final

from services.whistle.connecting import kafka_admin
from services.whistle.doctor.finding import Finding
from services.whistle.groups import Standing, standings
from services.whistle.topics import Difference, differences

LAG_MAX: Final = 5_000


async def look(brokers: str) -> Sequence[Finding]:
    """Return what every check of a reachable Kafka finds."""
    async with kafka_admin(brokers) as admin:
        cluster = await admin.describe_cluster()
        found = await differences(admin)
    topics = as_declared(found)
    findings = [Finding.ok("kafka", f"{len(cluster['brokers'])} broker(s)"), topics]
    if any(each.action == "create" for each in found):
        return [*findings, Finding.skipped("consumer groups", "until the topics are there")]
    return [*findings, *(keeping_up(standing) for standing in await standings(brokers))]


def as_declared(found: Sequence[Difference]) -> Finding:
    wrong = [f"{each.topic.name}: {each.action} {each.detail}" for each in found if each.action != "none"]
    return Finding.judged("topics", "; ".join(wrong) or None, f"{len(found)} as declared", "whistle topics apply")


def keeping_up(standing: Standing) -> Finding:
    check = f"group {standing.group} in {standing.topic}"
    fault = f"{standing.lag} records behind" if standing.lag > LAG_MAX else None
    fine = f"{standing.lag} records behind"
    return Finding.judged(check, fault, fine, f"is {standing.group} running? see docs/runbook/ConsumerLags.md")
