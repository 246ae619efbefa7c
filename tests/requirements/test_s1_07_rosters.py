"""S1-07: who is on duty where: a whistle picks the on-duty person; none on duty -> the department's head is called."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.contracts.events.progress import StepTaken, WhistleBlown
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.wire.desk.office import Office, an_office, bearer

pytestmark = pytest.mark.postgres

DEMAND = {"type": "whistle", "kind": "public_demand", "reason": "多日未办"}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database, a_gridded_city()) as office:
        office.hire("li", "drainage@sub-01", "clerk")
        office.hire("head_of_works", "municipal_works", "unit_head")
        await office.open("case", cooperating=("municipal_works", "sanitation"))
        yield office


async def on_duty(office: Office, who: str, begins_at: str, ends_at: str, keeper: str = "coordinator") -> None:
    shift = {
        "unit": "drainage@sub-01",
        "person_id": str(an_id(f"person {who}")),
        "begins_at": begins_at,
        "ends_at": ends_at,
    }
    answer = await office.client.post("/api/v1/rosters", json=shift, headers=bearer(keeper))
    assert answer.status_code == 200, answer.text


async def calls(office: Office) -> dict[str, dict[str, Any]]:
    whistle = (await office.get("street", f"/api/v1/cases/{an_id('case')}")).json()["whistle"]
    return {call["unit"]: call for call in whistle["calls"]}


async def test_whoever_is_on_duty_is_called_and_where_nobody_is_the_head(office: Office) -> None:
    await on_duty(office, "li", "2026-03-02T00:00:00Z", "2026-03-02T10:00:00Z")

    await office.act("coordinator", DEMAND)

    called = await calls(office)
    drainage, works, sanitation = called["drainage"], called["municipal_works"], called["sanitation"]
    assert (drainage["branch"], drainage["person_called"]) == ("drainage@sub-01", str(an_id("person li")))
    assert (works["person_called"], works["head_called"]) == (str(an_id("person head_of_works")), True)
    assert (drainage["head_called"], sanitation["person_called"]) == (False, None)


async def test_the_whistle_that_the_clock_blows_calls_whoever_is_on_duty_at_that_instant(office: Office) -> None:
    await on_duty(office, "li", "2026-03-02T00:00:00Z", "2026-03-02T10:00:00Z")
    await on_duty(office, "li", "2026-03-03T00:00:00Z", "2026-03-03T10:00:00Z", keeper="drainage_too")

    await office.settle("2026-03-03 01:00:00+00")

    assert (await calls(office))["drainage"]["person_called"] == str(an_id("person li"))
    bodies = office.database.run_sql("select convert_from(body, 'UTF8') from ledger.facts order by version").split("\n")
    facts = [decode(body.encode(), CaseProgressed).what for body in bodies if body]
    whistles = [fact.whistle for fact in facts if isinstance(fact, StepTaken | WhistleBlown) and fact.whistle]
    assert {call.unit: call.person for call in whistles[0].called}["drainage"] == an_id("person li")


async def test_after_the_shift_the_departments_head_is_called(office: Office) -> None:
    await on_duty(office, "li", "2026-03-02T00:00:00Z", "2026-03-02T00:59:59Z")

    await office.act("coordinator", DEMAND)

    drainage = (await calls(office))["drainage"]
    assert (drainage["person_called"], drainage["head_called"]) == (str(an_id("person drainage_too")), True)
