"""S1-15: role `part_time_grid_worker`: may report and see own reports, no personal data. Permission matrix."""

from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from services.desk.api.app import desk_app
from services.intake.ports import Progress
from tests.builders import an_id
from tests.component.intake.window import REPORTS, Window
from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

ROLE = "part_time_grid_worker"
NUMBER = "20260302-case"
OF_NO_CASE = {"/api/v1/modes"}
"""Reads the published content, of which this office has none."""
ACTS = (
    {"type": "sign_in"},
    ANSWER,
    {"type": "resolve_on_spot", "measure": "当场清走"},
    {"type": "verify", "done": True},
    {"type": "note", "kind": "urge", "text": "请尽快到场"},
    {"type": "whistle", "kind": "emergency", "reason": "险情"},
)


async def a_case_of_the_community(office: Office) -> None:
    office.hire("courier", "com-0101", ROLE)
    await office.open("case", lead="com-0101", tier="G", cooperating=())


async def test_of_the_communitys_cases_a_courier_sees_none_by_any_door(office: Office) -> None:
    await a_case_of_the_community(office)
    routes = [route for route in desk_app(office.desk).routes if isinstance(route, APIRoute)]
    reads = [route.path for route in routes if "GET" in (route.methods or ()) and route.path not in OF_NO_CASE]

    assert (await office.get("community", f"/api/v1/cases/{an_id('case')}")).status_code == 200
    for path in reads:
        answer = await office.get("courier", path.replace("{case_id}", str(an_id("case"))))
        assert answer.status_code in {200, 400, 403, 404, 422}, path
        assert NUMBER not in answer.text, path
        assert str(an_id("case")) not in answer.text, path
    assert await office.queue("courier") == []


@pytest.mark.parametrize("act", ACTS, ids=[str(act["type"]) for act in ACTS])
async def test_a_courier_does_nothing_to_a_case(office: Office, act: dict[str, object]) -> None:
    await a_case_of_the_community(office)

    assert (await office.act("courier", act)).status_code == 404
    assert office.count("ledger.facts") == 1


async def test_who_is_a_clerk_too_works_as_a_clerk(office: Office) -> None:
    await a_case_of_the_community(office)
    office.database.run_sql(
        f"insert into identity.roles (person_id, unit, role, valid_from) "
        f"values ('{an_id('person courier')}', 'com-0101', 'community_officer', '2026-01-01')"
    )

    assert (await office.act("courier", "sign_in")).status_code == 200


async def test_a_courier_reports_as_a_grid_worker_and_follows_the_report_by_its_code() -> None:
    window = Window()
    token = window.token("courier", ROLE).secret

    async with window.client as client:
        receipt = await window.report(token=token, channel="grid_worker")
        window.cases.progress[UUID(receipt.json()["report_id"])] = Progress(state="in_progress", lead="drainage")
        seen = await client.get(f"{REPORTS}/{receipt.json()['tracking_code']}")

    assert receipt.status_code == 201
    assert seen.json()["progress"] == {"state": "in_progress", "lead": "drainage"}
    assert set(seen.json()) == {"number", "accepted_at", "progress"}
