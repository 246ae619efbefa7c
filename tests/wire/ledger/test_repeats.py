"""Repeats of a batch join together, once, whoever else opens or acts meanwhile (X-11)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.chassis.outages import Outages, retry_transient
from services.contracts.events import CaseDispatched
from services.ledger.handlers import REPEATS_MAX, OpenCases
from services.ledger.metrics import LedgerMetrics
from tests.builders import a_dispatched_case, a_report, an_id
from tests.environment.database import Database
from tests.wire.ledger.alike import CROSSING, PIPE, Room, a_room

pytestmark = pytest.mark.postgres

JOINED = "select count(*) from ledger.facts where convert_from(body, 'UTF8') like '%\"report_joined\"%'"


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        yield room


def decisions(*pairs: tuple[str, str | None], **report: Any) -> Batch[CaseDispatched]:
    """Return a batch: who is reported, and what that repeats."""
    said = {"text": PIPE, "place": CROSSING} | report
    return Batch(
        [
            Delivered(a_dispatched_case(name, a_report(name, **said, repeats=an_id(of) if of else None)), None)
            for name, of in pairs
        ]
    )


def a_handler(room: Room) -> OpenCases:
    metrics = LedgerMetrics.create(CollectorRegistry())
    return OpenCases(ledger=room.office.openings, metrics=metrics, wake_relay=lambda: None)


def reports_of(room: Room, name: str) -> list[str]:
    sql = f"select reports from ledger.cases where case_id = '{an_id(name)}'"
    return [row["report_id"] for row in msgspec.json.decode(room.office.database.run_sql(sql))]


async def test_a_batch_that_comes_twice_joins_each_repeat_once(room: Room) -> None:
    batch, handle = decisions(("second", "first"), ("third", "first"), ("first", None)), a_handler(room)

    for _ in range(2):
        await handle(batch)

    assert sorted(reports_of(room, "first")) == sorted(str(an_id(name)) for name in ("first", "second", "third"))
    assert (room.office.database.run_sql(JOINED).strip(), room.office.count("ledger.likenesses")) == ("2", 0)
    assert [room.state(name) for name in ("first", "second", "third")] == ["dispatched", "merged", "merged"]


async def test_two_processes_that_get_the_same_repeats_join_each_once(room: Room) -> None:
    names = [f"again {number}" for number in range(REPEATS_MAX + 20)]
    await a_handler(room)(decisions(("first", None), ("second", None)))
    batch = decisions(*((name, ("first", "second")[n % 2]) for n, name in enumerate(names)))
    backwards = Batch(batch.delivered[::-1])

    async def handled(some: Batch[CaseDispatched]) -> None:
        handle = a_handler(room)
        await retry_transient(lambda: handle(some), Outages(CollectorRegistry(), "ledger"))

    await asyncio.gather(handled(batch), handled(backwards))

    assert room.office.database.run_sql(JOINED).strip() == str(len(names))
    assert [len(reports_of(room, name)) for name in ("first", "second")] == [1 + len(names) // 2] * 2


async def test_a_repeat_in_a_lane_others_may_not_see_joins_nothing_of_the_ordinary_one(room: Room) -> None:
    await a_handler(room)(decisions(("first", None)))

    await a_handler(room)(decisions(("second", "first"), lane="petition"))

    assert (room.state("second"), reports_of(room, "first")) == ("dispatched", [str(an_id("first"))])
