"""S0-07: submit with only text + location; later query by number + phone tail; on-time = 100 % filter by channel."""

from uuid import UUID

import pytest

from services.intake.ports import Progress
from tests.component.intake.conftest import window
from tests.component.intake.window import REPORTS, Window
from tests.wire.desk.office import ANSWER, Office

__all__ = ["window"]

PHONE = {"phone": "13812345678", "reply_channel": "sms"}
ONE_KEY = {"text": "南街口路灯不亮", "channel": "one_key"}
ASKED = {"since": "2026-03-01", "until": "2026-03-31"}


async def find(window: Window, number: str, tail: str) -> tuple[int, dict[str, object]]:
    answer = await window.client.post(f"{REPORTS}:find", json={"number": number, "phone_tail": tail})
    told: dict[str, object] = answer.json()
    told.pop("instance", None)  # names the request
    return answer.status_code, told


async def test_text_and_place_are_enough(window: Window) -> None:
    answer = await window.client.post(REPORTS, json={**ONE_KEY, "grid": "grid-0101-01"})

    assert answer.status_code == 201
    assert answer.json().keys() >= {"number", "tracking_code"}


async def test_who_lost_the_code_asks_by_number_and_phone_tail(window: Window) -> None:
    receipt = (await window.report(contact=PHONE, **ONE_KEY)).json()
    window.cases.progress[UUID(receipt["report_id"])] = Progress(state="closed", measure="已更换灯泡")

    status, told = await find(window, receipt["number"], "5678")

    assert (status, told["number"]) == (200, receipt["number"])
    assert told["progress"] == {"state": "closed", "measure": "已更换灯泡"}
    assert "138" not in str(told)


async def test_a_wrong_number_and_a_wrong_tail_are_answered_alike(window: Window) -> None:
    with_phone = (await window.report(contact=PHONE, **ONE_KEY)).json()["number"]
    without = (await window.report(**ONE_KEY)).json()["number"]

    wrong_tail = await find(window, with_phone, "0000")
    no_phone = await find(window, without, "5678")
    no_number = await find(window, "20260302-1-000099-9", "5678")

    assert wrong_tail == no_phone == no_number
    assert wrong_tail[0] == 404


async def test_guessing_ends_after_a_handful(window: Window) -> None:
    number = (await window.report(contact=PHONE, **ONE_KEY)).json()["number"]

    statuses = [(await find(window, number, f"{tail:04}"))[0] for tail in range(8)]

    assert statuses == [404] * 6 + [429] * 2


@pytest.mark.postgres
async def test_every_one_key_report_in_time_is_100_percent_whatever_other_channels_do(office: Office) -> None:
    """Two by one key, closed within their day; two by hotline, one of them never."""
    await office.open("a", "b", cooperating=(), report={"channel": "one_key"})
    await office.open("c", "d", cooperating=(), report={"channel": "hotline"})
    for name in ("a", "b", "c"):
        await office.act("drainage", "sign_in", 1, case=name)
        await office.act("drainage", ANSWER, 2, case=name)
        closed = await office.act("street", {"type": "verify", "done": True}, 3, case=name)
        assert closed.json()["state"] == "closed"
    office.at("2026-03-20 01:00:00+00")

    one_key = (await office.get("center", "/api/v1/on-time", channel="one_key", **ASKED)).json()["rows"]
    every = (await office.get("center", "/api/v1/on-time", **ASKED)).json()["rows"]

    assert one_key == [{"channel": "one_key", "reported": 2, "due": 2, "on_time": 2, "left_overdue": 0, "rate": 1.0}]
    assert [(row["channel"], row["rate"]) for row in every] == [("hotline", 0.5), ("one_key", 1.0)]
    assert (await office.get("center", "/api/v1/on-time", channel="fax")).status_code == 422
