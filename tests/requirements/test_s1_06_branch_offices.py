"""S1-06: branch office queues per subdistrict: a case of subdistrict A is never in branch B's queue.

The subdistrict gives the case to the office and judges how it answered.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.contracts.events import Place
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.wire.desk.office import Office, an_office

pytestmark = pytest.mark.postgres

DEMAND = {"type": "whistle", "kind": "public_demand", "reason": "多日未办"}
JUDGED = {"type": "evaluate", "number": 1, "punctuality": 5, "effort": 5, "result": 4, "satisfaction": 4}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database, a_gridded_city()) as office:
        office.hire("branch_a", "drainage@sub-01", "clerk")
        office.hire("branch_b", "drainage@sub-02", "clerk")
        await office.open("case", cooperating=("municipal_works",))
        await office.open("there", report={"place": Place(community="com-0201", subdistrict="sub-02")})
        yield office


def assigned(branch: str, unit: str = "drainage") -> dict[str, Any]:
    return {"type": "assign_branch", "unit": unit, "branch": branch}


async def in_queue_of(office: Office, who: str) -> set[str]:
    return {row["case_id"] for row in await office.queue(who)}


async def test_a_case_of_one_subdistrict_is_never_in_the_queue_of_anothers_office(office: Office) -> None:
    wrong = [await office.act(who, assigned("drainage@sub-02")) for who in ("street", "drainage")]
    right = await office.act("street", assigned("drainage@sub-01"))

    assert [(answer.status_code, answer.json()["type"]) for answer in wrong] == [(409, "/problems/not-its-branch")] * 2
    assert right.status_code == 200
    assert await in_queue_of(office, "branch_a") == {str(an_id("case"))}
    assert await in_queue_of(office, "branch_b") == set()
    assert (await office.get("branch_b", f"/api/v1/cases/{an_id('case')}")).status_code == 404


async def test_only_the_street_and_the_department_itself_give_a_part_to_an_office(office: Office) -> None:
    by_others = [
        (await office.act(who, assigned("drainage@sub-01"))).status_code for who in ("works", "center", "other_street")
    ]
    by_the_department = await office.act("drainage", assigned("drainage@sub-01"))

    assert by_others == [403, 403, 404]
    assert by_the_department.status_code == 200
    case = (await office.get("street", f"/api/v1/cases/{an_id('case')}")).json()
    assert case["branch"] == "drainage@sub-01"


async def test_the_office_works_on_what_it_was_given_and_the_street_judges_it(office: Office) -> None:
    await office.act("street", assigned("drainage@sub-01"))
    signed_in = await office.act("branch_a", "sign_in")
    await office.act("coordinator", DEMAND, signed_in.json()["revision"])
    called = (await office.get("branch_a", f"/api/v1/cases/{an_id('case')}")).json()["whistle"]["calls"][0]
    asked = await office.queue("branch_a", expected="report_in")
    by_the_wrong_office = await office.act("branch_b", {"type": "report_in", "place": "现场"}, 2)
    reported_in = await office.act("branch_a", {"type": "report_in", "place": "现场"}, 2)
    await office.act("street", {"type": "joint_result", "result": "清淤完毕"}, 2)
    judged = await office.act("street", {**JUDGED, "unit": "drainage"}, 2)

    assert called["branch"] == "drainage@sub-01"
    assert [(row["case_id"], row["expected"]) for row in asked] == [(str(an_id("case")), "report_in")]
    assert await office.queue("branch_a", expected="report_in") == []
    assert (by_the_wrong_office.status_code, reported_in.status_code, judged.status_code) == (404, 200, 200)
