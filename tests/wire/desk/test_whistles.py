"""Whistles at the desk: asked for, approved, answered, judged; rosters, feed, digest. Real PostgreSQL, real HTTP."""

from typing import Any

import pytest

from services.contracts.events import Place
from tests.builders import an_id
from tests.wire.desk.office import Office, bearer

pytestmark = pytest.mark.postgres

DEMAND = {"type": "whistle", "kind": "public_demand", "reason": "多日未办"}
EMERGENCY = {"type": "whistle", "kind": "emergency", "reason": "路面塌陷"}
JUDGED = {"type": "evaluate", "number": 1, "punctuality": 5, "effort": 4, "result": 4, "satisfaction": 5}


async def done(office: Office, who: str, act: Any, revision: int = 1) -> dict[str, Any]:
    answer = await office.act(who, act, revision)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def the_case(office: Office, who: str = "coordinator") -> dict[str, Any]:
    answer = await office.get(who, f"/api/v1/cases/{an_id('case')}")
    body: dict[str, Any] = answer.json()
    return body


async def test_an_officers_whistle_waits_for_the_streets_leader(office: Office) -> None:
    await office.open("case")
    await done(office, "street", DEMAND)
    assert (await the_case(office))["whistle"] is None
    waiting = (await office.get("coordinator", "/api/v1/proposals")).json()["rows"]
    assert [row["proposal"]["kind"] for row in waiting] == ["whistle"]

    own = await office.act("street", {"type": "decide", "proposal": 1, "confirm": True})
    await done(office, "coordinator", {"type": "decide", "proposal": 1, "confirm": True})

    assert own.status_code == 403
    case = await the_case(office)
    assert [call["unit"] for call in case["whistle"]["calls"]] == ["drainage", "municipal_works", "sanitation"]
    assert case["proposals"][0]["state"] == "confirmed"
    assert (await office.get("coordinator", "/api/v1/proposals")).json()["rows"] == []
    again = await office.act("coordinator", {"type": "decide", "proposal": 1, "confirm": False, "reason": "不必"})
    assert again.json()["type"] == "/problems/decided-already"


async def test_an_emergency_is_blown_first_and_a_wrong_one_is_recorded(office: Office) -> None:
    await office.open("case")
    await done(office, "street", EMERGENCY)
    assert (await the_case(office))["whistle"]["kind"] == "emergency"

    without = await office.act("coordinator", {"type": "decide", "proposal": 1, "confirm": False})
    await done(office, "coordinator", {"type": "decide", "proposal": 1, "confirm": False, "reason": "不属应急"})

    assert without.json()["type"] == "/problems/reason-missing"
    assert (await the_case(office))["whistle"] is None
    closed = (await office.get("street", "/api/v1/whistles", open="false")).json()["rows"]
    assert [row["wrong_because"] for row in closed] == ["不属应急"]
    rates = (await office.get("center", "/api/v1/whistles/rates")).json()["rows"]
    assert rates == [{"subdistrict": "sub-01", "cases": 1, "whistles": 1, "automatic": 0, "wrong": 1, "rate": 1.0}]


async def test_joint_work_has_a_log_a_result_and_a_judgement_from_below(office: Office) -> None:
    await office.open("case", cooperating=("sanitation",))
    await done(office, "coordinator", DEMAND)
    photo = str(an_id("photo"))
    await done(office, "drainage", {"type": "report_in", "place": "桥西路口", "photo": photo})
    await done(office, "sanitation", {"type": "refuse_call", "reason": "正在处置另一处险情"})
    await done(office, "drainage", {"type": "note", "kind": "log", "text": "现场会商，先清淤"})
    early = await office.act("street", {**JUDGED, "unit": "drainage"})

    await done(office, "street", {"type": "joint_result", "result": "联合清淤完毕"})
    await done(office, "street", {**JUDGED, "unit": "drainage"})
    twice = await office.act("street", {**JUDGED, "unit": "drainage"})
    from_outside = await office.act("drainage", {**JUDGED, "unit": "sanitation"})

    assert early.json()["type"] == "/problems/whistle-open"
    assert twice.json()["type"] == "/problems/evaluated-already"
    assert from_outside.status_code == 403
    (whistle,) = (await office.get("street", "/api/v1/whistles", open="false")).json()["rows"]
    drainage, sanitation = whistle["calls"]
    assert (whistle["result"], drainage["photo"], drainage["judged"]["effort"]) == ("联合清淤完毕", photo, 4)
    assert (sanitation["state"], sanitation["refusal"]) == ("refused", "正在处置另一处险情")
    entries = (await office.get("street", f"/api/v1/cases/{an_id('case')}/timeline")).json()["entries"]
    kinds = [entry["what"]["type"] for entry in entries]
    assert kinds[3:] == [
        "whistle_blown",
        "reported_in",
        "call_refused",
        "noted",
        "joint_result",
        "department_evaluated",
    ]
    assert entries[6]["what"]["whistle"] == 1
    answers = (await office.get("center", "/api/v1/whistles/answers")).json()["rows"]
    assert {row["unit"]: (row["on_time"], row["refused"], row["judged"]) for row in answers} == {
        "drainage": (1, 0, 1),
        "sanitation": (0, 1, 0),
    }


async def test_an_act_of_authority_waits_for_the_centers_leader(office: Office) -> None:
    await office.open("case", cooperating=())
    for instant in ("2026-03-03 01:00:00+00", "2026-03-10 02:00:00+00"):
        await office.settle(instant)
    (waiting, *_) = (await office.get("leader", "/api/v1/proposals")).json()["rows"]
    number = waiting["proposal"]["number"]

    by_operator = await office.act("center", {"type": "decide", "proposal": number, "confirm": True, "reason": "属实"})
    await done(office, "leader", {"type": "decide", "proposal": number, "confirm": True, "reason": "逾期属实"})

    assert waiting["proposal"]["kind"] == "bulletin"
    assert by_operator.status_code == 403
    assert office.count("ledger.notices where convert_from(body, 'UTF8')::json ->> 'kind' = 'bulletin'") == 1
    assert office.count("ledger.pending where notice_id is not null") == 1


async def test_a_leader_sees_major_matters_and_red_steps_and_nobody_else_does(office: Office) -> None:
    await office.open("plain", "other")
    await office.open("case", item="0107", urgency="emergency")
    await office.open("foreign", item="0107", report={"accused": ("district_command_center",)})

    feed = (await office.get("leader", "/api/v1/feed")).json()["rows"]

    assert [(row["what"], row["case_id"]) for row in feed] == [("major_matter", str(an_id("case")))]
    assert (await office.get("drainage", "/api/v1/feed")).status_code == 403
    assert office.count("ledger.notices") == 2


async def test_each_line_of_the_feed_names_the_clock_whose_step_it_is(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.settle("2026-03-10 02:00:00+00")

    rows = (await office.get("leader", "/api/v1/feed")).json()["rows"]

    lines = [(row["what"], row["clock"], row["unit"], row["at"]) for row in rows]
    assert {"handling", "promise"} <= {clock for _, clock, _, _ in lines}
    assert len({*lines}) == len(lines)


async def test_a_case_of_a_sensitive_lane_reaches_no_leader_without_that_lane(office: Office) -> None:
    await office.open("case", lead="political_legal", cooperating=(), report={"lane": "stability", "text": None})

    assert (await office.get("leader", "/api/v1/feed")).json()["rows"] == []
    assert office.count("ledger.major_matters") == 1
    assert "20260302" not in office.database.run_sql("select convert_from(body, 'UTF8') from ledger.notices")


async def test_heads_keep_their_units_roster(office: Office) -> None:
    shift = {
        "unit": "drainage",
        "person_id": str(an_id("person drainage")),
        "begins_at": "2026-03-02T00:00:00Z",
        "ends_at": "2026-03-02T10:00:00Z",
    }

    async def enter(who: str, **changes: Any) -> Any:
        return await office.client.post("/api/v1/rosters", json={**shift, **changes}, headers=bearer(who))

    first, again = await enter("drainage_too"), await enter("drainage_too")
    refused = [(await enter("drainage")).status_code, (await enter("street")).status_code]
    stranger = await enter("drainage_too", person_id=str(an_id("person works")))
    backwards = await enter("drainage_too", ends_at="2026-03-01T00:00:00Z")

    assert first.json() == again.json()
    assert refused == [403, 403]
    assert (stranger.status_code, backwards.status_code) == (409, 422)
    roster = (await office.get("street", "/api/v1/rosters", unit="drainage")).json()["shifts"]
    assert [entry["shift_id"] for entry in roster] == [first.json()["shift_id"]]
    path = f"/api/v1/rosters/drainage/{first.json()['shift_id']}"
    assert (await office.client.delete(path, headers=bearer("drainage"))).status_code == 403
    assert (await office.client.delete(path, headers=bearer("drainage_too"))).status_code == 200
    office.at("2026-03-02 01:00:01+00")
    assert (await office.get("street", "/api/v1/rosters", unit="drainage")).json()["shifts"] == []


async def test_the_community_asks_the_street_and_another_community_cannot(office: Office) -> None:
    await office.open("case")
    await office.open("far", report={"place": Place(community="com-0202", subdistrict="sub-01")})

    asked = await office.act("community", DEMAND)
    far = await office.act("community", DEMAND, case="far")

    assert asked.status_code == 200
    assert (await the_case(office))["proposals"][0]["unit"] == "sub-01"
    assert far.status_code == 404


async def test_the_digest_of_a_person_counts_their_units_parts(office: Office) -> None:
    await office.open("a", "b", "c", cooperating=())
    await office.act("drainage", "sign_in", case="a")
    office.at("2026-03-03 02:00:00+00")

    digest = (await office.get("drainage", "/api/v1/digest")).json()

    assert {name: digest[name] for name in ("new", "open", "due_today", "overdue")} == {
        "new": 0, "open": 3, "due_today": 0, "overdue": 3,
    }  # fmt: skip
