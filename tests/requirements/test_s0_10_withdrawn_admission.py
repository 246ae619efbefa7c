"""S0-10: withdraw -> new cases no longer routed there, open ones finish or are re-dispatched; history kept."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace

from services.identity.persons import give_token, load_persons
from services.reference.model.duties import Admission
from services.reference.model.organisation import LEADING_GROUP_OFFICE
from services.reference.sheets.persons import PersonInRole
from services.reference.versions.admissions import Withdrawal, adopt, withdraw
from services.reference.versions.publish import publish, redraft
from services.reference.versions.register import register
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.wire.ledger.moving_town import Town, a_town

pytestmark = pytest.mark.postgres

STREET_DUTY: Final = "1001"
COMMUNITY_DUTY: Final = "2401"
REASON: Final = "电梯、管网统计退回部门"
SECOND: Final = timedelta(seconds=1)


def admission(number: str, item: str, unit: str, **changes: Any) -> Admission:
    held = Admission(
        id=number,
        title="任务",
        requested_by="urban_management",
        items=(item,),
        units=(unit,),
        funds=True,
        staff=True,
        powers=True,
        state="approved",
        decided_on=date(2025, 12, 1),
    )
    return replace(held, **changes)


ADMISSIONS: Final = (
    admission("ZR-1", "1001", "sub-01"),
    admission("ZR-2", "2401", "com-0101", valid_to=date(2026, 3, 4)),
)


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(admissions=ADMISSIONS), MORNING, ADMISSIONS) as town:
        yield town


async def office_token(town: Town) -> bytes:
    head = PersonInRole(
        person_id=an_id("office"),
        name="office",
        unit=LEADING_GROUP_OFFICE,
        role="unit_head",
        lane="ordinary",
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )
    await load_persons(town.operator, [head])
    return (await give_token(town.operator, head.person_id, timedelta(days=9))).token_hash


async def end(town: Town, number: str, ends_on: date) -> datetime:
    """Withdraw an admission; return since when the router knows."""
    active_from = await town.now() + 5 * SECOND
    wanted = Withdrawal(admission=number, ends_on=ends_on, active_from=active_from, reason=REASON)
    await withdraw(town.operator, wanted, await office_token(town))
    return active_from


async def leads(town: Town) -> list[tuple[str, ...]]:
    return await town.rows("select lead, state from ledger.cases order by number")


async def report_at(town: Town, at: datetime, name: str, item: str) -> None:
    town.at(at)
    await town.open(name, item=item, place=HERE)


async def test_from_the_withdrawal_on_new_cases_go_to_the_department_and_open_ones_finish(town: Town) -> None:
    await report_at(town, MORNING, "1", STREET_DUTY)
    active_from = await end(town, "ZR-1", date(2026, 3, 2))
    await report_at(town, active_from - SECOND, "2", STREET_DUTY)
    await report_at(town, active_from, "3", STREET_DUTY)
    await town.moving.move_due()

    street, department = ("sub-01", "dispatched"), ("urban_management", "dispatched")
    assert await leads(town) == [street, street, department]
    assert await town.rows("select distinct applied_version from ledger.cases") == [(2,)]


async def test_withdrawn_for_a_later_day_it_holds_until_then(town: Town) -> None:
    active_from = await end(town, "ZR-1", date(2026, 3, 4))
    await report_at(town, active_from, "1", STREET_DUTY)
    await report_at(town, datetime.fromisoformat("2026-03-03T23:59:59+08:00"), "2", STREET_DUTY)
    await report_at(town, datetime.fromisoformat("2026-03-04T00:00:00+08:00"), "3", STREET_DUTY)

    assert [lead for lead, _ in await leads(town)] == ["sub-01", "sub-01", "urban_management"]


async def test_an_admission_that_expires_ends_by_itself(town: Town) -> None:
    await report_at(town, datetime.fromisoformat("2026-03-03T23:59:59+08:00"), "1", COMMUNITY_DUTY)
    await report_at(town, datetime.fromisoformat("2026-03-04T00:00:00+08:00"), "2", COMMUNITY_DUTY)

    assert [lead for lead, _ in await leads(town)] == ["com-0101", "police"]


async def test_a_version_that_was_published_for_a_later_day_finds_it_ended(town: Town) -> None:
    tomorrow = MORNING + timedelta(days=1)
    await town.publish(a_version(admissions=ADMISSIONS, delegation="delegated"), tomorrow)
    await town.reference.version(2)  # compiled before anybody withdraws

    await end(town, "ZR-1", date(2026, 3, 2))
    await town.reference.refresh()
    await report_at(town, tomorrow, "1", STREET_DUTY)

    assert await leads(town) == [("urban_management", "dispatched")]


async def test_the_way_back_to_an_older_version_does_not_bring_it_back(town: Town) -> None:
    active_from = await end(town, "ZR-1", date(2026, 3, 2))
    town.at(active_from)
    back = await redraft(town.operator, 1, "back", town.tokens["rule_owner"])
    await publish(town.operator, back, active_from + 5 * SECOND, town.tokens["center_leader"])
    await report_at(town, active_from + 5 * SECOND, "1", STREET_DUTY)

    assert await leads(town) == [("urban_management", "dispatched")]


async def test_its_history_stays(town: Town) -> None:
    await end(town, "ZR-1", date(2026, 3, 2))

    (known, _) = await register(town.operator)
    assert (known.state, known.valid_to, known.reason) == ("withdrawn", date(2026, 3, 2), REASON)
    assert known.decided_on == date(2025, 12, 1)
    history = "select state, reason from reference.admission_history where admission_id = 'ZR-1' order by change_id"
    assert await town.rows(history) == [("approved", None), ("withdrawn", REASON)]
    assert await adopt(town.operator, ADMISSIONS) == 0
