"""X-18: change rules mid-replay; old cases keep lead and due."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.environment.database import Database
from tests.unit.reference.town import HERE, ITEMS, MORNING, a_version, item, rule
from tests.wire.ledger.moving_town import Town, a_town

OF_DRAINAGE = rule("grates", items=("0203",), lead="drainage", item="0203", priority=5)
OF_SANITATION = rule("grates", items=("0203",), lead="sanitation", item="0203", priority=5)
SHORTER = tuple(one if one.code != "0203" else item("0203", "drainage", "sanitation", limit="2wh") for one in ITEMS)
CHANGED_AT = MORNING + timedelta(minutes=10)


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(OF_DRAINAGE), MORNING) as town:
        yield town


async def test_old_cases_keep_lead_and_due_while_new_ones_follow_the_new_rules(town: Town) -> None:
    for minute in range(20):
        now = MORNING + timedelta(minutes=minute)
        if minute == 5:
            await town.publish(a_version(OF_SANITATION, catalogue=SHORTER), CHANGED_AT)
        town.at(now)
        await town.open(f"report-{minute:02}", item="0203", place=HERE)
        await town.moving.move_due()

    cases = await town.rows(
        """select c.lead, c.reference_version, c.applied_version, k.due_at - k.started_at from ledger.cases c
        join ledger.clocks k on k.case_id = c.case_id and k.kind = 'handling' and k.unit = c.lead order by c.number"""
    )
    day, two_hours = timedelta(days=1), timedelta(hours=2)
    assert cases[:10] == [("drainage", 1, 2, day)] * 10
    # Two working hours from 10:10 on run over lunch.
    assert [row[:3] for row in cases[10:]] == [("sanitation", 2, 2)] * 10
    assert {row[3] for row in cases[10:]} == {two_hours + timedelta(hours=2)}


async def test_what_happens_later_to_an_old_case_follows_its_own_limits_too(town: Town) -> None:
    await town.open("old", item="0203", place=HERE)
    await town.publish(a_version(OF_SANITATION, catalogue=SHORTER), CHANGED_AT)
    town.at(CHANGED_AT)
    await town.moving.move_due()
    before = await town.due()

    town.at(MORNING + timedelta(days=2))
    await town.settling.settle_due(10)

    assert await town.due() == before
    limits = await town.rows("select distinct decision -> 'limits' ->> 'handling' from ledger.cases")
    assert limits == [("1wd",)]
