"""A message in words: every fact, step, clock and notice has its phrase in both languages, and nothing personal."""

from typing import get_args
from uuid import uuid4

import pytest

from services.contracts.events import What
from services.contracts.events.notice import NoticeIssued, NoticeKind
from services.contracts.events.progress import Card, ClockKind, Noted, ReturnAsked, Step, Supervision, WhistleKind
from services.notify.domain.bodies import body_of_case, body_of_notice, body_of_test
from services.notify.domain.phrases import CARDS, CLOCKS, FACTS, NOTICES, STEPS, WHISTLES, Language
from services.notify.domain.wording import wording_of
from tests.builders import MONDAY_NOON, an_id
from tests.unit.notify.facts import DUE, a_fact, a_step, a_whistle

TAGS = [str(fact.__struct_config__.tag) for fact in get_args(What)]
NAMES = {"drainage": "区排水管护中心", "sanitation": "区环卫中心", "sub-03": "桥西街道", "0203": "道路积水"}


@pytest.mark.parametrize(
    ("known", "phrases"),
    [
        pytest.param(TAGS, FACTS, id="facts"),
        pytest.param(get_args(Step), STEPS, id="steps"),
        pytest.param(get_args(ClockKind), CLOCKS, id="clocks"),
        pytest.param(get_args(NoticeKind), NOTICES, id="notices"),
        pytest.param(get_args(Card), CARDS, id="cards"),
        pytest.param(get_args(WhistleKind), WHISTLES, id="whistles"),
    ],
)
def test_everything_that_can_happen_has_words(known: list[str], phrases: dict[str, object]) -> None:
    assert set(known) == set(phrases)


def test_a_step_in_chinese_says_who_is_late_and_who_must_come_when() -> None:
    step = a_step("limit", card="yellow", whistle=a_whistle("sanitation"), supervision=Supervision(7, DUE))

    wording = wording_of(body_of_case(a_fact(step), "drainage", ("clerk",)), "zh", NAMES)

    assert wording.title == "【吹哨报到】办理:已到时限 (黄牌)"
    assert wording.lines == (
        "案件 20260302-1-000042-7",
        "事项:道路积水",
        "街道:桥西街道",
        "主办:区排水管护中心",
        "超期单位:区排水管护中心",
        "协办:区环卫中心",
        "哨 1:群众诉求哨",
        "报到时限:区环卫中心 3月3日 09:00",
        "督办单 7, 回复时限 3月3日 09:00",
        "办理 区排水管护中心:3月3日 09:00",
    )


def test_the_same_in_english() -> None:
    wording = wording_of(body_of_case(a_fact(a_step("reminder")), "drainage", ("clerk",)), "en", {})

    assert wording.title == "Whistle: Handling: the limit is near"
    assert wording.lines[0] == "Case 20260302-1-000042-7"
    assert "Handling drainage: 2026-03-03 09:00" in wording.lines


def test_a_sensitive_case_is_named_without_its_matter() -> None:
    body = body_of_case(a_fact(a_step("limit"), lane="petition"), "drainage", ("clerk",))

    assert wording_of(body, "zh", NAMES).lines == ("案件 20260302-1-000042-7", "敏感事项,请到系统内查看")


@pytest.mark.parametrize(
    "what", [Noted("sub-03", "urge", "张伟13812345678"), ReturnAsked("drainage", "张伟", "sub-03", 2)]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_a_person_wrote_is_in_it(what: What, language: Language) -> None:
    wording = wording_of(body_of_case(a_fact(what), "drainage", ("clerk",)), language, NAMES)

    assert "张伟" not in wording.text(10_000)


def test_a_digest_is_a_list_of_figures() -> None:
    notice = NoticeIssued(
        event_id=an_id("notice"),
        at=MONDAY_NOON,
        kind="digest",
        units=("drainage",),
        subject="3月2日",
        facts={"new": 2, "open": 5, "due_today": 1, "overdue": 0},
    )

    wording = wording_of(body_of_notice(notice, "drainage"), "zh", NAMES)

    assert wording.title == "【吹哨报到】每日汇总"
    assert wording.lines == ("3月2日", "新增:2", "在办:5", "今日到期:1", "超期:0")


def test_a_text_is_cut_at_whole_lines() -> None:
    wording = wording_of(body_of_case(a_fact(), "drainage", ("clerk",)), "zh", NAMES)

    text = wording.text(70)

    assert len(text.encode()) <= 70
    assert text.splitlines() == [wording.title, wording.lines[0]]


def test_a_test_message_says_that_it_is_one() -> None:
    assert "test" in wording_of(body_of_test(uuid4(), "drainage", MONDAY_NOON), "en", {}).title
