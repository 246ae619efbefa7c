"""Which reports are about one thing: words, numbers, place, time, and never across lanes."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Place
from services.ledger.domain.likeness import Look, contradict, likeness, share_of, words_of
from services.reference.model.duplicates import DuplicatePolicy
from tests.builders import MONDAY_NOON, an_id

POLICY = DuplicatePolicy(automatic=True)
HERE = Place(longitude=116.4021, latitude=39.9081, grid="grid-1", community="com-0101")
PIPE = "桥西路与文化街交叉口供水管爆了，水喷了一人多高"


def a_look(text: str = PIPE, **changes: Any) -> Look:
    look = Look(case_id=an_id(text), accepted_at=MONDAY_NOON, item="0301", place=HERE, words=words_of(text))
    return msgspec.structs.replace(look, **changes)


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        pytest.param(
            a_look("您好，桥西路与文化街交叉口供水管爆了，水喷了一人多高！谢谢"), "merge", id="politeness-aside"
        ),
        pytest.param(a_look("文化街和桥西路口水管爆了，满街都是水"), "propose", id="other-words"),
        pytest.param(a_look("广场舞音响太吵"), "apart", id="another-matter"),
        pytest.param(a_look(lane="petition"), "apart", id="another-lane"),
        pytest.param(a_look(item="0302"), "apart", id="another-item"),
        pytest.param(a_look(accepted_at=MONDAY_NOON + timedelta(hours=73)), "apart", id="too-late"),
        pytest.param(
            a_look(place=Place(longitude=116.4021, latitude=39.9081, grid="grid-2", community="com-0101")),
            "propose",
            id="across-a-grid's-border",
        ),
        pytest.param(
            a_look(place=Place(longitude=116.4036, latitude=39.9081, grid="grid-1")), "propose", id="128-m-away"
        ),
        pytest.param(
            a_look(place=Place(longitude=116.4121, latitude=39.9081, grid="grid-1")), "apart", id="850-m-away"
        ),
        pytest.param(a_look(PIPE + "，3号楼"), "merge", id="one-names-a-number"),
        pytest.param(a_look(place=Place()), "apart", id="nobody-knows-where"),
    ],
)
def test_a_pipe_that_burst_is_compared(other: Look, verdict: str) -> None:
    assert likeness(a_look(), other, POLICY).verdict == verdict


def test_two_buildings_are_two_things() -> None:
    third, eighth = words_of("滨河花园3号楼楼顶漏雨"), words_of("滨河花园8号楼楼顶漏雨")

    assert contradict(third, eighth)
    assert likeness(a_look("滨河花园3号楼楼顶漏雨"), a_look("滨河花园8号楼楼顶漏雨"), POLICY).verdict == "apart"


def test_width_and_punctuation_do_not_count() -> None:
    assert share_of(words_of("３号楼，ＫＴＶ噪音"), words_of("3号楼ktv噪音。")) == 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_has_no_direction_and_stays_a_share(one: str, other: str) -> None:
    first, second = words_of(one), words_of(other)

    assert share_of(first, second) == share_of(second, first)
    assert 0 <= share_of(first, second) <= 1
    assert contradict(first, second) == contradict(second, first)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["stability", "drugs", "petition", "discipline"]))
def test_nothing_is_alike_across_lanes(one: str, other: str, lane: Any) -> None:
    assert likeness(a_look(one), a_look(other, lane=lane), POLICY).verdict == "apart"


def test_without_a_policy_that_says_so_nothing_is_merged_by_itself() -> None:
    assert likeness(a_look(), a_look(), DuplicatePolicy()).verdict == "propose"
