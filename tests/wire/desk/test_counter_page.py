"""The counter's page over real PostgreSQL: what was forgotten is said, and nobody answering loses nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.desk.ports import Told
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Pages

pytestmark = pytest.mark.postgres

FORM = {"text": "路灯不亮", "community": "com-0101", "key": "k1"}
RECEIPT = {
    "number": "20260302-000001-7",
    "tracking_code": "20260302-000001-7-ABC",
    "accepted_at": "2026-03-02T04:00:00Z",
}


class OpenWindow:
    """A window that takes everything in, and remembers what it was asked."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.asked: list[Mapping[str, Any]] = []

    async def report(self, secret: str, form: Mapping[str, Any], key: str) -> Told:
        self.asked.append({"secret": secret, "key": key, **form})
        return self.told

    async def paper(self, secret: str, number: str) -> Told:
        self.asked.append({"secret": secret, "paper": number})
        return self.told


async def test_a_clerk_hands_in_what_was_said_with_the_session_that_is_logged_in(office: Office) -> None:
    window = OpenWindow(Told(201, RECEIPT))
    clerk = await Pages(office, window).browser_of("drainage")

    answer = await clerk.post("/counter", {**FORM, "name": "王某", "phone": "139 0000 1234", "reply": "sms"})

    (asked,) = window.asked
    assert (answer.status_code, "20260302-000001-7-ABC" in answer.text) == (200, True)
    assert (asked["channel"], asked["key"], asked["secret"]) == (
        "counter",
        "counter/k1",
        clerk.client.cookies["whistle_session"],
    )
    assert asked["contact"] == {"name": "王某", "phone": "13900001234", "reply_channel": "sms"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"text": ""}, "写下反映的事项", id="no-words"),
        pytest.param({"community": ""}, "选择社区", id="no-place"),
        pytest.param({"paper": "17"}, "编号和日期要一起填", id="a-paper-without-a-date"),
        pytest.param({"paper": "17", "reported_on": "昨天"}, "日期不能晚于今天", id="a-date-that-is-none"),
    ],
)
async def test_what_was_forgotten_is_said_and_the_rest_stays(
    office: Office, changes: dict[str, str], said: str
) -> None:
    window = OpenWindow(Told(201, RECEIPT))
    clerk = await Pages(office, window).browser_of("drainage")

    answer = await clerk.post("/counter", {**FORM, "address": "建设路 8 号", **changes} | _place(changes))

    assert (answer.status_code, said in answer.text, window.asked) == (422, True, [])


def _place(changes: dict[str, str]) -> dict[str, str]:
    return {"address": ""} if "community" in changes else {}


async def test_a_refusal_of_intake_is_said_beside_its_field(office: Office) -> None:
    errors = [{"field": "reported_on", "reason": "in the future"}]
    refused = Told(422, {"type": "urn:whistle:problem/invalid", "errors": errors})
    clerk = await Pages(office, OpenWindow(refused)).browser_of("drainage")

    answer = await clerk.post("/counter", {**FORM, "paper": "17", "reported_on": "2026-12-24"})

    assert answer.status_code == 422
    assert "日期不能晚于今天" in answer.text
    assert 'value="2026-12-24"' in answer.text


async def test_while_nobody_answers_at_the_window_the_page_says_so(office: Office) -> None:
    clerk = await Pages(office).browser_of("drainage")

    answer = await clerk.post("/counter", FORM)

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
