"""The router on real Kafka and PostgreSQL: what is received is decided, also after a kill, and says why."""

import re
import signal
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.embedded.kafka import Kafka
from services.chassis.delivery.topics import topics_of_flow
from services.contracts.codec import event_id_of
from services.contracts.events import CaseDispatched, ReportReceived
from tests.environment.database import Database
from tests.environment.topics import make_topics
from tests.unit.reference.town import a_report, a_return, a_version, rule
from tests.waiting import eventually
from tests.wire.reference.publishing import publish_first
from tests.wire.router.worker import Decisions, consumer_of_decisions, running, send

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

RULES = (rule("drains", keywords=("雨水箅",), item="0203"),)

ROUTED = re.compile(r'whistle_router_cases_routed_total\{department="drainage"\} [1-9]')
"""Counted after the broker confirmed; a batch that comes again after a rebalance is counted again."""


@pytest.fixture
async def decisions(kafka_server: Kafka) -> AsyncIterator[Decisions]:
    await make_topics(kafka_server.address, topics_of_flow())
    consumer = consumer_of_decisions(kafka_server)
    await consumer.start()
    yield Decisions(consumer)
    await consumer.stop()


def received(**changes: Any) -> ReportReceived:
    case_id = uuid4()
    report = a_report(report_id=case_id, case_id=case_id, **changes)
    return ReportReceived(event_id=event_id_of(1, case_id, "received"), report=report)


async def decided(decisions: Decisions, case_id: UUID, count: int = 1) -> list[CaseDispatched]:
    async def enough() -> list[CaseDispatched]:
        found = await decisions.of(case_id)
        return found if len(found) >= count else []

    return await eventually(enough, within_seconds=60)


async def test_a_report_and_a_return_are_decided(kafka_server: Kafka, database: Database, decisions: Decisions) -> None:
    await publish_first(database, a_version(*RULES))
    report = received(text="路口雨水箅堵了")

    with running(kafka_server, database) as worker:
        await send(kafka_server, report)
        (first, *_) = await decided(decisions, report.key)
        await send(kafka_server, a_return(report.report, "drainage", suggested="housing", limits=first.limits))
        again = (await decided(decisions, report.key, 2))[-1]

        assert (first.lead, first.because.matched, first.reference_version) == ("drainage", ("keyword 雨水箅",), 1)
        assert (again.lead, again.attempt, again.limits) == ("housing", 2, first.limits)
        assert '"ready":true' in worker.readiness()
        await eventually(lambda: ROUTED.search(worker.metrics()), within_seconds=60)
        assert 'whistle_router_cases_routed_total{department="municipal_works"} 0.0' in worker.metrics()
        assert worker.end(signal.SIGTERM) == 0


async def test_reports_wait_for_the_first_publication(
    kafka_server: Kafka, database: Database, decisions: Decisions
) -> None:
    report = received(item="0203")

    with running(kafka_server, database) as worker:
        await send(kafka_server, report)
        await eventually(lambda: "no reference version" in worker.readiness(), within_seconds=60)
        await publish_first(database, a_version())

        assert (await decided(decisions, report.key))[0].lead == "drainage"


async def test_a_killed_router_loses_nothing_and_repeats_itself_exactly(
    kafka_server: Kafka, database: Database, decisions: Decisions
) -> None:
    await publish_first(database, a_version(*RULES))
    reports = [received(text="雨水箅", number=str(number)) for number in range(300)]

    with running(kafka_server, database) as worker:
        await send(kafka_server, *reports[:150])
        await decided(decisions, reports[0].key)
        worker.end(signal.SIGKILL)
        await send(kafka_server, *reports[150:])
        worker.start()

        for report in reports:
            found = await decided(decisions, report.key)
            assert {decision.event_id for decision in found} == {event_id_of(1, report.report.case_id, "dispatched", 1)}
            assert {decision.lead for decision in found} == {"drainage"}


async def test_bytes_that_are_no_report_become_a_dead_letter_and_hold_nothing_up(
    kafka_server: Kafka, database: Database, decisions: Decisions
) -> None:
    await publish_first(database, a_version())
    report = received(item="0203")

    with running(kafka_server, database):
        await send(kafka_server, raw=[(ReportReceived.TYPE, b'{"report": 7}')])
        await send(kafka_server, report)

        assert (await decided(decisions, report.key))[0].lead == "drainage"
        reason = "select reason from delivery.dead_letters where consumer = 'router'"
        await eventually(lambda: "report.received.v1" in database.run_sql(reason), within_seconds=60)
