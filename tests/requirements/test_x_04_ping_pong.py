"""X-04: ping-pong scenario A->B->C ends in problem ticket + step-up, original due date unchanged."""

from typing import Any

import pytest

from tests.builders import a_dispatched_case, an_id
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

NEXT = {"drainage": "municipal_works", "municipal_works": "sanitation", "sanitation": "traffic_police"}
WHO = {"drainage": "drainage", "municipal_works": "works", "sanitation": "sanitation"}
PROPOSED = """
    select p ->> 'unit' from ledger.cases, jsonb_array_elements(proposals) p
    where p ->> 'kind' = 'interview' and p ->> 'because' = 'departments' order by p ->> 'number'
"""
PROMISE = "select due_at from ledger.clocks where kind = 'promise'"


async def passed_on(office: Office, unit: str, revision: int) -> Any:
    act = {"type": "return", "reason": "不属于我单位职责", "suggested": NEXT[unit]}
    return await office.act(WHO[unit], act, revision)


async def case_of(office: Office) -> dict[str, Any]:
    found: dict[str, Any] = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()
    return found


async def test_passed_on_by_three_departments_it_is_a_problem_ticket_at_the_center(office: Office) -> None:
    await office.open("case")
    promised = office.database.run_sql(PROMISE)

    for attempt, unit in enumerate(NEXT, start=1):
        returned = await passed_on(office, unit, (await case_of(office))["revision"])
        assert returned.status_code == 200
        if attempt < len(NEXT):
            async with office.openings.gate() as gate:
                await gate.open_attempts([a_dispatched_case(attempt=attempt + 1, lead=NEXT[unit])])

    case = await case_of(office)
    assert (case["problem_ticket"], case["state"], case["lead"]) == (True, "consulting", "district_command_center")
    assert case["tried"] == list(NEXT)
    assert office.database.run_sql(PROPOSED).split() == list(NEXT)
    assert office.database.run_sql(PROMISE) == promised
    assert office.count("ledger.facts where topic = 'case.returned.v1'") == 2


async def test_whom_the_center_then_names_has_it_for_good(office: Office) -> None:
    await test_passed_on_by_three_departments_it_is_a_problem_ticket_at_the_center(office)

    dispatch = {"type": "dispatch", "lead": "drainage", "reason": "编办明确职责"}
    await office.act("center", dispatch, (await case_of(office))["revision"])
    refused = await passed_on(office, "drainage", (await case_of(office))["revision"])

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/finally-designated")


async def test_after_two_working_days_nothing_is_passed_on(office: Office) -> None:
    await office.open("case")
    office.at("2026-03-04 01:00:01+00")

    refused = await passed_on(office, "drainage", 1)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/return-too-late")


@pytest.mark.parametrize(
    "incomplete",
    [
        pytest.param({"suggested": "sanitation"}, id="without-a-reason"),
        pytest.param({"reason": "不归我们"}, id="without-another-unit"),
    ],
)
async def test_a_return_says_why_and_to_whom(office: Office, incomplete: dict[str, str]) -> None:
    await office.open("case")

    answer = await office.act("drainage", {"type": "return", **incomplete})

    assert answer.status_code == 422
    assert office.count("ledger.facts") == 1
