"""Differences and reasons in words: names instead of ids, what moves said as a move, both languages."""

from functools import partial
from pathlib import Path

import msgspec
import pytest

from services.chassis.pages.rendering import CHASSIS
from services.chassis.pages.words import Language, Words
from services.desk.pages.parts import FOLDER
from services.desk.pages.rules.reasons import reason_said
from services.desk.pages.rules.wording import PartTold, Wording
from services.reference.lint.placing import COLUMN_OF
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.kinds import SHEETS
from services.reference.versions.diff import PARTS, changes_between
from tests.unit.reference.sheets_of import read_sheets, write_sheets

WORDS = Words.read([CHASSIS, FOLDER])


@pytest.fixture
def active(tmp_path: Path) -> ReferenceVersion:
    write_sheets(tmp_path)
    return read_sheets(tmp_path)


def told(active: ReferenceVersion, draft: ReferenceVersion, language: Language = "zh") -> list[PartTold]:
    say, term = partial(WORDS.say, language), partial(WORDS.say_or, language)
    return Wording((active, draft), language, say, term).parts(changes_between(active, draft))


def test_who_gets_a_thing_and_until_when_is_said_in_both_languages(active: ReferenceVersion) -> None:
    item = msgspec.structs.replace(active.catalogue[0], lead="police", cooperating=(), limit="2wd")
    draft = msgspec.structs.replace(active, catalogue=(item, *active.catalogue[1:]))

    (chinese,), (english,) = told(active, draft), told(active, draft, "en")

    assert (chinese.changes[0].subject, chinese.changes[0].sentences) == (
        "箅子堵塞 (0203)",
        ("由 排水中心 改为 公安分局", "协办 公安分局 → 无", "办理时限 1 个工作日 → 2 个工作日"),
    )
    assert english.changes[0].sentences[0] == "moves from 排水中心 to 公安分局"


def test_rules_that_only_stand_in_another_row_are_left_out(active: ReferenceVersion) -> None:
    moved = tuple(msgspec.structs.replace(rule, order=rule.order + 5) for rule in active.rules)

    assert told(active, msgspec.structs.replace(active, rules=moved)) == []


def test_of_policies_only_the_number_that_differs_is_said(active: ReferenceVersion) -> None:
    policies = msgspec.structs.replace(active.policies, supervision_reply="9wd")

    (part,) = told(active, msgspec.structs.replace(active, policies=policies))

    (change,) = part.changes
    assert change.sentences == (f"supervision_reply {WORDS.say('zh', 'limit.wd', n=2)} → 9 个工作日",)


def test_of_a_long_list_only_what_comes_and_goes_is_said(active: ReferenceVersion) -> None:
    year = active.calendars[0]
    longer = msgspec.structs.replace(year, holidays=year.holidays[1:])

    (part,) = told(active, msgspec.structs.replace(active, calendars=(longer, *active.calendars[1:])))

    assert part.changes[0].sentences == (f"放假去掉 {year.holidays[0].isoformat()}",)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        pytest.param("'9999' does not exist", "9999不存在", id="what-it-names-stays"),
        pytest.param("the same as row 7", "与第 7 行重复", id="numbers-stay"),
        pytest.param("not on the duty list of 3: com-1, com-2", "不在 3 个单位的职责清单上：com-1, com-2", id="2"),
        pytest.param("something new", "something new", id="what-is-not-known-stays-as-it-is"),
    ],
)  # fmt: skip
def test_reasons_are_said_in_chinese(reason: str, said: str) -> None:
    assert reason_said(reason, "zh") == said
    assert reason_said(reason, "en") == reason


def test_every_sheet_part_column_and_check_has_its_words() -> None:
    keys = [f"rules.sheet.{sheet}" for sheet in SHEETS]
    keys += [f"rules.part.{part}" for part in PARTS] + [f"rules.check.{check}" for check in COLUMN_OF]
    keys += [f"rules.field.{column.name}" for sheet in SHEETS.values() for column in sheet.columns]

    assert not set(keys) - set(WORDS.sentences["zh"])
