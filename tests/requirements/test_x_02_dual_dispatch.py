"""X-02: dispatch to subdistrict creates a copy for the district, read only."""

import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

CENTER = "district_command_center"


async def test_what_a_subdistrict_leads_the_district_reads_along(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=("sanitation",))

    case = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()

    parts = {(part["unit"], part["role"]): part["mine"] for part in case["assignments"]}
    assert parts == {("sub-01", "lead"): False, ("sanitation", "cooperating"): False, (CENTER, "copy"): True}
    assert all(clock["unit"] != CENTER for clock in case["clocks"])


@pytest.mark.parametrize(
    "act",
    [
        {"type": "sign_in"},
        {"type": "deliver_part", "measure": "已处理"},
        {"type": "return", "reason": "不归我们", "suggested": "sanitation"},
        {"type": "handle", "accepted_when": "周一", "talked_with": "王某", "measure": "清掏", "done_by": "当天"},
    ],
    ids=lambda act: act["type"],
)
async def test_a_copy_is_read_and_not_worked_on(office: Office, act: dict[str, str]) -> None:
    await office.open("case", lead="sub-01", cooperating=())
    if act["type"] == "handle":
        await office.act("street", "sign_in", 1)

    answer = await office.act("center", act, 2 if act["type"] == "handle" else 1)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours-to-do")


async def test_the_copy_waits_in_nobodys_queue_and_ends_with_its_case(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=())

    expected = await office.queue("center")
    known = await office.queue("center", expected="any")
    await office.act("center", {"type": "reject", "because": "statutory_channel", "explanation": "应走诉讼渠道"})

    assert (expected, [row["role"] for row in known]) == ([], ["copy"])
    assert office.count("ledger.assignments where ended_at is null") == 0


async def test_a_department_that_leads_is_not_copied(office: Office) -> None:
    await office.open("case")

    assert office.count("ledger.assignments where role = 'copy'") == 0


async def test_a_case_that_comes_to_the_subdistrict_later_is_copied_then(office: Office) -> None:
    await office.open("case")

    await office.act("center", {"type": "dispatch", "lead": "sub-01", "reason": "属地办理"})

    copies = office.database.run_sql("select unit, attempt from ledger.assignments where role = 'copy'")
    assert copies.split() == [f"{CENTER}|2"]
