"""Seen from outside: a stock Kafka console consumer reads the topics with their CloudEvents headers."""

import asyncio
import subprocess
from typing import Final

import pytest

from deploy.demo.city.quiet import all_partitions
from deploy.embedded.state import JARS
from services.contracts.events import ReportReceived
from tests.journeys.running_city import RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

CONSUMER: Final = "org.apache.kafka.tools.consumer.ConsoleConsumer"


async def test_a_stock_console_consumer_reads_the_topics_with_their_headers(city: RunningCity) -> None:
    filed = await city.report("路口红绿灯不亮", **city.a_grid("sub-02"))

    ends = await city.quiet.ends([place for place in all_partitions() if place.topic == ReportReceived.TYPE])
    printed = await asyncio.to_thread(console_consumer, city.system.values["WHISTLE_KAFKA"], sum(ends.values()))

    (ours,) = [line for line in printed.splitlines() if filed.receipt.number in line]
    for header in ("ce_id:", "ce_specversion:1.0", "ce_type:report.received.v1", "content-type:application/json"):
        assert header in ours
    assert str(filed.case_id) in ours


def console_consumer(brokers: str, count: int) -> str:
    """Return what Kafka's own console consumer prints of the reports' topic, `count` records: headers, key, value."""
    shown = ("print.headers=true", "print.key=true")
    options = [part for each in shown for part in ("--property", each)]
    done = subprocess.run(
        [
            *("java", "-Xmx128m", "-cp", ":".join(map(str, JARS.glob("*.jar"))), CONSUMER),
            *("--bootstrap-server", brokers, "--topic", ReportReceived.TYPE, "--from-beginning"),
            *("--max-messages", str(count), "--timeout-ms", "60000", *options),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.stdout
