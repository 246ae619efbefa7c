"""S2-03: one enforcement queue per subdistrict, many subject matters.

The team that a department keeps in a subdistrict works one list, whatever its cases are about, and only its own.
"""

from collections.abc import AsyncIterator

import pytest

from services.contracts.events import Place
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.wire.desk.office import Office, an_office

pytestmark = pytest.mark.postgres

MATTERS = {"grate": "0203", "ice": "0801", "collapse": "0107"}
THERE = Place(community="com-0201", subdistrict="sub-02")


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database, a_gridded_city()) as office:
        office.hire("team", "drainage@sub-01", "clerk")
        office.hire("other_team", "drainage@sub-02", "clerk")
        for name, item in MATTERS.items():
            await office.open(name, item=item, report={"item": item})
        await office.open("there", report={"place": THERE})
        yield office


async def test_cases_of_every_matter_stand_in_the_one_queue_of_the_subdistricts_team(office: Office) -> None:
    given = {"type": "assign_branch", "unit": "drainage"}
    here = [await office.act("street", {**given, "branch": "drainage@sub-01"}, case=name) for name in MATTERS]
    there = await office.act("other_street", {**given, "branch": "drainage@sub-02"}, case="there")
    queue, others = await office.queue("team"), await office.queue("other_team")

    assert {answer.status_code for answer in (*here, there)} == {200}
    assert {row["case_id"]: row["item"] for row in queue} == {str(an_id(name)): item for name, item in MATTERS.items()}
    assert [row["due_at"] for row in queue] == sorted(row["due_at"] for row in queue)
    assert {row["case_id"] for row in others} == {str(an_id("there"))}


async def test_one_person_of_the_team_signs_all_of_them_in(office: Office) -> None:
    for name in MATTERS:
        given = {"type": "assign_branch", "unit": "drainage", "branch": "drainage@sub-01"}
        await office.act("street", given, case=name)

    signed = [await office.act("team", "sign_in", row["revision"], case=name) for name, row in await by_name(office)]

    assert [answer.status_code for answer in signed] == [200, 200, 200]
    assert await office.queue("team", expected="sign_in") == []


async def by_name(office: Office) -> list[tuple[str, dict[str, int]]]:
    """Return the team's rows with the names of their cases."""
    names = {str(an_id(name)): name for name in MATTERS}
    return [(names[row["case_id"]], row) for row in await office.queue("team")]
