"""S2-01: 3 departments, one in at 29 min, one at 31 min, one never -> on time / late / no_show + supervision record.

Each is counted right in what the upward evaluation is made of. The clock is the test's own.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.desk.office import Office, an_office

pytestmark = pytest.mark.postgres

EMERGENCY = {"type": "whistle", "kind": "emergency", "reason": "路面塌陷"}
LIMITS = {"emergency": "01:30", "enforcement": "07:00", "key_work": "01:00", "public_demand": "01:00"}
"""Report-in is due then (UTC), blown at 09:00 local time: 30 minutes; 4 working hours; 1 working day, the next day."""


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        await office.open("case", cooperating=("municipal_works", "sanitation"))
        yield office


async def whistle_of(office: Office) -> dict[str, Any]:
    shown: dict[str, Any] = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()
    return shown


async def test_on_time_late_and_no_show_are_told_apart_and_counted(office: Office) -> None:
    await office.act("coordinator", EMERGENCY)
    await office.settle("2026-03-02 01:29:00+00")
    assert (await office.act("drainage", {"type": "report_in", "place": "桥西路口"})).status_code == 200
    await office.settle("2026-03-02 01:30:00+00")
    await office.settle("2026-03-02 01:31:00+00")
    assert (await office.act("works", {"type": "report_in", "place": "桥西路口"})).status_code == 200
    await office.settle("2026-03-02 03:00:00+00")

    case = await whistle_of(office)
    calls = {call["unit"]: (call["state"], call["late"]) for call in case["whistle"]["calls"]}
    assert calls == {
        "drainage": ("reported_in", False),
        "municipal_works": ("reported_in", True),
        "sanitation": ("no_show", False),
    }
    assert case["supervision_open"] == 1
    assert office.count("ledger.steps where step = 'no_show'") == 2
    answers = (await office.get("center", "/api/v1/whistles/answers")).json()["rows"]
    counted = {row["unit"]: (row["on_time"], row["late"], row["no_show"]) for row in answers}
    assert counted == {"drainage": (1, 0, 0), "municipal_works": (0, 1, 0), "sanitation": (0, 0, 1)}
    own = (await office.get("sanitation", "/api/v1/whistles/answers")).json()["rows"]
    assert {row["unit"]: row["no_show"] for row in own}["sanitation"] == 1


@pytest.mark.parametrize("kind", LIMITS)
async def test_each_kind_of_whistle_has_its_own_limit(office: Office, kind: str) -> None:
    await office.act("coordinator", {**EMERGENCY, "kind": kind})

    due_at = {call["due_at"][11:16] for call in (await whistle_of(office))["whistle"]["calls"]}
    assert due_at == {LIMITS[kind]}


async def test_enforcement_is_half_an_hour_while_the_act_is_going_on(office: Office) -> None:
    await office.act("coordinator", {**EMERGENCY, "kind": "enforcement", "ongoing": True})

    assert {call["due_at"][11:16] for call in (await whistle_of(office))["whistle"]["calls"]} == {"01:30"}
