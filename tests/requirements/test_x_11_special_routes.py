"""X-11: six special routes at intake: 119 is handed over at once; a repeat without new facts is told the progress."""

from functools import cache
from typing import Any, Final

import pytest

from deploy.embedded.state import PROJECT
from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, ReportReceived
from services.intake.store.city import ReferenceCity
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.sheets.district import read_version
from tests.component.intake.window import REPORTS, Window

CENTER: Final = "district_command_center"


@cache
def the_district() -> CompiledReference:
    return compile_version(read_version(PROJECT / "deploy" / "reference", PROJECT / "deploy" / "demo" / "district"))


@pytest.fixture
async def door() -> Window:
    """The window of the sample district."""
    return Window(city=ReferenceCity(the_district()))


async def decided(door: Window, text: str, **form: Any) -> tuple[dict[str, Any], CaseDispatched]:
    """Report and let the router decide what travelled."""
    answer = await door.report(text=text, **{"grid": None, "community": "com-0101", **form})
    assert answer.status_code == 201, answer.text
    (row,) = [row for row in door.reports.rows.values() if str(row.report_id) == answer.json()["report_id"]]
    return answer.json(), decide(decode(row.body, ReportReceived).report, the_district(), 1)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("三楼着火了，窗户冒浓烟，快来", "fire_rescue", "119"),
        ("路边有老人晕倒了", "health", "120"),
        ("有人持刀在超市门口", "police", "110"),
        ("路口刚才车祸，有人受伤", "traffic_police", "122"),
    ],
)
async def test_an_emergency_is_handed_over_at_once(door: Window, text: str, unit: str, number: str) -> None:
    receipt, decision = await decided(door, text)

    assert (decision.lead, decision.urgency, decision.consulting) == (unit, "emergency", False)
    assert decision.limits.handling == "0.5uh"
    assert decision.because.matched == (f"special route emergency_{number}",)
    assert number in receipt["advice"]["zh"]
    assert number in receipt["advice"]["en"]


async def test_no_pace_holds_an_emergency_back() -> None:
    door = Window(city=ReferenceCity(the_district()), per_minute=1)
    place = {"grid": None, "community": "com-0101"}

    others = [(await door.report(text=f"路灯不亮 {n}", **place)).status_code for n in range(3)]
    emergencies = [(await door.report(text=f"三楼着火了 {n}", **place)).status_code for n in range(3)]

    assert (others[-1], emergencies) == (429, [201, 201, 201])


@pytest.mark.parametrize(
    ("text", "route", "told"),
    [
        ("对法院判决不服，要求你们改判", "statutory_channel", "法院"),
        ("我要申请行政复议", "statutory_channel", "复议机关"),
        ("帮我查一下谁举报的我家违建", "secret_or_private", "隐私"),
        ("请告诉我下期彩票号码", "outside_government", "职责范围"),
        ("哪里可以办假证", "unlawful_or_immoral", "不予受理"),
    ],
)
async def test_another_way_is_explained_and_a_person_looks_at_it(
    door: Window, text: str, route: str, told: str
) -> None:
    receipt, decision = await decided(door, text)

    assert (decision.lead, decision.consulting) == (CENTER, True)
    assert decision.because.matched == (f"special route {route}",)
    assert told in receipt["advice"]["zh"]


async def test_a_suspected_state_secret_is_not_kept_and_the_channel_is_named(door: Window) -> None:
    answer = await door.report(text="我有一份机 密 文 件要反映", grid=None, community="com-0101")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/state-secret")
    assert "保密行政管理部门" in answer.json()["detail"]
    assert "机" not in answer.json()["detail"].replace("机要", "")
    assert door.reports.rows == {}


async def test_a_repeat_without_new_facts_is_told_the_progress(door: Window) -> None:
    receipt, _ = await decided(door, "楼下井盖松动，车一过就响")
    followups = f"{REPORTS}/{receipt['tracking_code']}/followups"

    again = await door.client.post(followups, json={"kind": "facts", "text": "楼下井盖松动， 车一过就响！"})
    new = await door.client.post(followups, json={"kind": "facts", "text": "今天有人被绊倒了"})
    same = await door.client.post(followups, json={"kind": "facts", "text": "今天有人被绊倒了"})

    assert (again.status_code, new.status_code, same.status_code) == (200, 201, 200)
    assert again.json()["tracked"]["progress"]["state"] == "accepted"
    assert again.json()["advice"]["route"] == "repeat_without_new_facts"
    assert len(door.followups.rows) == 1


async def test_the_same_request_sent_again_is_no_repeat(door: Window) -> None:
    receipt, _ = await decided(door, "楼下井盖松动")
    path, body = f"{REPORTS}/{receipt['tracking_code']}/followups", {"kind": "facts", "text": "今天有人被绊倒了"}

    first = await door.client.post(path, json=body, headers={"Idempotency-Key": "k"})
    again = await door.client.post(path, json=body, headers={"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize("text", ["楼道堆满纸箱，容易着火", "信号灯坏了，容易出车祸", "以上诉求请尽快答复"])
async def test_what_only_sounds_like_it_goes_the_ordinary_way(door: Window, text: str) -> None:
    receipt, decision = await decided(door, text)

    assert "advice" not in receipt
    assert not any("special route" in reason for reason in decision.because.matched)
