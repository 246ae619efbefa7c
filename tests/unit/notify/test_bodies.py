"""What a message says, and what it never says."""

import json
from typing import Any

import pytest

from services.contracts.events import What
from services.contracts.events.notice import NoticeIssued
from services.contracts.events.progress import Handled, Noted, ReportedIn, ReturnAsked, ReworkOrdered, WhistleBlown
from services.notify.domain.bodies import body_of_case, body_of_notice, message_id_of
from tests.builders import MONDAY_NOON, an_id
from tests.unit.notify.facts import a_fact, a_step, a_whistle

WRITTEN = "小区东门张伟电话13812345678"


def told(what: What, **changes: Any) -> dict[str, object]:
    body: dict[str, object] = json.loads(body_of_case(a_fact(what, **changes), "drainage", ("clerk",)))
    return body


def test_a_step_names_the_case_the_step_and_the_due_dates() -> None:
    body = told(a_step("limit", card="yellow", whistle=a_whistle("sanitation")))

    assert body["type"] == "case.step_taken"
    data = body["data"]
    assert isinstance(data, dict)
    assert (data["number"], data["step"], data["card"]) == ("20260302-1-000042-7", "limit", "yellow")
    assert data["due"] == {"handling:drainage": "2026-03-03T01:00:00Z"}
    assert data["whistle"]["called"] == [{"unit": "sanitation", "due_at": "2026-03-03T01:00:00Z"}]
    assert data["to"] == {"unit": "drainage", "roles": ["clerk"]}


@pytest.mark.parametrize(
    "what",
    [
        Noted("sub-03", "urge", WRITTEN),
        ReturnAsked("drainage", WRITTEN, "sanitation", 2),
        ReworkOrdered(WRITTEN, 1),
        Handled("drainage", WRITTEN, WRITTEN, WRITTEN, WRITTEN),
        ReportedIn(1, "drainage", place=WRITTEN),
        WhistleBlown(a_whistle("drainage")),
    ],
    ids=lambda what: type(what).__name__,
)
def test_nothing_a_person_wrote_leaves_the_house(what: What) -> None:
    text = json.dumps(told(what), ensure_ascii=False)

    assert WRITTEN not in text
    assert "文明路" not in text, "an address is personal"


def test_a_sensitive_case_is_named_without_its_matter() -> None:
    body = told(a_step("limit", card="yellow"), lane="discipline")

    assert body["data"] == {
        "case_id": str(an_id("case")), "number": "20260302-1-000042-7", "version": 1, "state": "dispatched",
        "to": {"unit": "drainage", "roles": ["clerk"]}, "step": "limit", "clock": "handling", "card": "yellow",
        "owed_at": "2026-03-02T01:00:00Z", "sensitive": True,
    }  # fmt: skip


def test_the_id_of_a_message_stays_the_same_and_differs_between_subscriptions() -> None:
    first = message_id_of(an_id("fact"), an_id("subscription"))

    assert first == message_id_of(an_id("fact"), an_id("subscription"))
    assert first != message_id_of(an_id("fact"), an_id("other"))


def test_a_notice_carries_its_facts() -> None:
    notice = NoticeIssued(
        event_id=an_id("notice"),
        at=MONDAY_NOON,
        kind="digest",
        units=("drainage",),
        subject="日报",
        facts={"open": 3},
    )

    body = json.loads(body_of_notice(notice, "drainage"))

    assert body["type"] == "notice.digest"
    assert body["data"]["facts"] == {"open": 3}
