"""Notices on their way: what was written down becomes a message to every unit that is named, one each."""

import json

import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.contracts.codec import decode
from services.contracts.events import NoticeIssued
from services.notify.handlers import TellNotices
from services.notify.metrics import NotifyMetrics
from services.reference.model.modes import ModeClass, ModeProfile
from tests.environment.database import Database
from tests.unit.reference.town import MORNING, UNITS, a_version
from tests.waiting import eventually
from tests.wire.ledger.moving_town import a_town
from tests.wire.notify.office import Office
from tests.wire.notify.receiver import Receiver

pytestmark = pytest.mark.postgres

TOLD = "select convert_from(body, 'UTF8') from notify.messages"
FLOOD = ModeProfile(
    id="flood", name_zh="防汛应急", classes=(ModeClass(items=("0203",), limits={"handling": "0.5uh"}),), groups=()
)


async def test_a_mode_that_is_switched_is_told_to_every_unit_once(
    office: Office, receiver: Receiver, database: Database
) -> None:
    for unit in UNITS:
        await office.subscribing.subscribe(
            unit=unit.id, to=f"http://127.0.0.1:{receiver.port}/", events=["mode_switched"]
        )
    async with a_town(database, a_version(profiles=(FLOOD,)), MORNING) as town:
        await town.switch("flood", "district", on=True)
        ((body,),) = await town.rows("select body from ledger.notices n join ledger.pending p using (notice_id)")

    async def all_known() -> bool | None:  # the copy in memory is up to a second old
        return len((await office.subscriptions.current()).all) == len(UNITS)

    _: bool = await eventually(all_known, within_seconds=30)
    tell = TellNotices(
        book=office.book,
        subscriptions=office.subscriptions,
        metrics=NotifyMetrics.create(CollectorRegistry()),
        wake=lambda: None,
    )

    for _again in range(2):  # the bus may say it twice
        await tell(Batch([Delivered(decode(body, NoticeIssued), None)]))

    told = [json.loads(line) for line in database.run_sql(TOLD).splitlines()]
    assert {(one["type"], one["data"]["subject"]) for one in told} == {("notice.mode_switched", "防汛应急: 启动")}
    assert sorted(one["data"]["to"]["unit"] for one in told) == sorted(unit.id for unit in UNITS)
