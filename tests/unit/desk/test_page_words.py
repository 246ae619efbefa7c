"""Pages say everything in both languages: every sentence a template asks for, every act, field, choice and fact."""

import re
from typing import get_args

import msgspec
import pytest

from deploy.embedded.state import PROJECT
from services.chassis.pages.rendering import CHASSIS
from services.chassis.pages.words import LANGUAGES, Words, language_of
from services.contracts.events import What
from services.contracts.events.progress import ClockKind, State, Step
from services.desk.domain.permitted import ACT_TYPES
from services.desk.pages.acting.fields import fields_of, filled_in
from services.desk.pages.case.why import why_said
from services.desk.pages.naming import Names
from services.desk.pages.parts import FOLDER
from services.ledger.domain.acts import Handle, Return
from services.ledger.domain.life.acts import AskExtension
from services.ledger.domain.whistle.acts import Blow, Evaluate
from tests.wire.desk.pages import TheDistrict

WORDS = Words.read([CHASSIS, FOLDER])
ASKED = re.compile(r'\bt\("([a-z_.]+)"[,)]')


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (WORDS.sentences[language] for language in LANGUAGES)

    assert set(chinese) == set(english)
    for key, sentence in chinese.items():
        assert sorted(re.findall(r"{\w+}", sentence)) == sorted(re.findall(r"{\w+}", english[key])), key


def test_every_sentence_that_templates_ask_for_is_there() -> None:
    asked = {
        key
        for template in (*CHASSIS.rglob("*.html"), *FOLDER.rglob("*.html"))
        for key in ASKED.findall(template.read_text(encoding="utf-8"))
    }

    assert len(asked) > 50
    assert not asked - set(WORDS.sentences["zh"])


def test_every_act_with_its_fields_and_choices_has_its_words() -> None:
    said, missing = WORDS.sentences["zh"], []
    for name, act in ACT_TYPES.items():
        missing += [] if f"act.{name}" in said else [f"act.{name}"]
        for field in fields_of(act):
            missing += [] if {f"field.{name}.{field.name}", f"field.{field.name}"} & set(said) else [field.name]
            missing += [choice for choice in field.choices if f"choice.{choice}" not in said]

    assert not missing


def test_every_fact_state_clock_and_step_has_its_words() -> None:
    terms = [f"fact.{fact.__struct_config__.tag}" for fact in get_args(What)]
    for kind, names in (("state", get_args(State)), ("clock", get_args(ClockKind)), ("step", get_args(Step))):
        terms += [f"{kind}.{name}" for name in names]

    assert not set(terms) - set(WORDS.sentences["zh"])


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        pytest.param("en", "zh-CN", "en", id="the-choice-counts-first"),
        pytest.param(None, "en-GB,en;q=0.9,zh;q=0.8", "en", id="then-what-the-browser-prefers"),
        pytest.param(None, "fr, zh-TW;q=0.7, en;q=0.3", "zh", id="the-higher-weight-wins"),
        pytest.param(None, None, "zh", id="else-chinese"),
        pytest.param("xx", "en;q=nonsense", "zh", id="nonsense-is-nothing"),
    ],
)
def test_the_language_of_a_page(chosen: str | None, accepted: str | None, language: str) -> None:
    assert language_of(chosen, accepted) == language


def test_a_filled_in_form_becomes_the_act() -> None:
    called = filled_in(
        Blow, {"kind": ["emergency"], "reason": ["积水没过脚踝"], "called": ["drainage", "", "drainage"]}
    )
    judged = filled_in(
        Evaluate,
        {
            "number": ["1"],
            "unit": ["drainage"],
            **{name: ["4"] for name in ("punctuality", "effort", "result", "satisfaction")},
        },
    )

    assert called == Blow("emergency", "积水没过脚踝", ("drainage",))
    assert (judged.number, judged.effort) == (1, 4)


def test_forms_follow_the_declaration() -> None:
    kinds = {field.name: (field.kind, field.required) for field in (*fields_of(Handle), *fields_of(Return))}

    assert kinds == {
        "accepted_when": ("words", True),
        "talked_with": ("words", True),
        "measure": ("words", True),
        "done_by": ("words", True),
        "reason": ("words", True),
        "suggested": ("unit", True),
    }


def test_a_limit_is_a_number_and_a_unit_and_never_a_code_to_know() -> None:
    (by, reason) = fields_of(AskExtension)

    assert (by.kind, by.required, reason.kind) == ("limit", True, "words")
    assert filled_in(AskExtension, {"by": ["2", "wd"], "reason": ["等配件"]}) == AskExtension("2wd", "等配件")
    with pytest.raises(msgspec.ValidationError):
        filled_in(AskExtension, {"by": ["wd"], "reason": ["等配件"]})


def test_nothing_built_is_committed() -> None:
    assert "dist/" in (PROJECT / ".gitignore").read_text(encoding="utf-8")
    assert "resolved" not in (PROJECT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("item 0203", "事项是雨水箅堵塞 (0203)", id="item"),
        pytest.param("area sub-01", "地点在桥西街道", id="area"),
        pytest.param("returned by drainage, sanitation", "青桐区排水管理所、青桐区环境卫生服务中心已退单", id="units"),
        pytest.param("keyword 井盖", "报告里说到“井盖”", id="keyword"),
        pytest.param("情况复杂，请区里协调", "情况复杂，请区里协调", id="a-persons-own-words-stay"),
    ],
)
def test_why_is_said_in_words_and_names(line: str, said: str) -> None:
    assert why_said(WORDS, Names(TheDistrict()), "zh")(line) == said
