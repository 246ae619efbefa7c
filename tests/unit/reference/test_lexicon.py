"""Words found however they are written, and left alone where they mean no harm."""

from functools import cache
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.deciding.accusing import accused_in, names_of
from services.reference.deciding.lanes import Verdict, judged
from services.reference.deciding.lexicon import Lexicon
from services.reference.deciding.plain import plain
from services.reference.model.lexicon import LanePolicy, Sound, Word
from tests.unit.reference.town import unit

WORDS = (
    Word(word="吸毒", means="drugs", by_sound=True, unless=("反吸毒",)),
    Word(word="上访", means="petition", also=("尚访",), unless=("晚上访",)),
    Word(word="堵路", means="stability", beside=("集体",)),
    Word(word="赌博", means="drugs", channels=("web",)),
    Word(word="着火", means="emergency_119"),
    Word(word="受贿", means="discipline"),
    Word(word="机密文件", means="state_secret"),
    Word(word="判决", means="statutory_channel"),
    Word(word="投诉", means="accusing"),
    Word(word="推诿", means="conduct"),
    Word(word="物业", means="party"),
)
SOUNDS = (Sound(sound="xi", characters="吸西"), Sound(sound="du", characters="毒读独"))
UNITS = (
    unit("district", "district", None),
    unit("works", "department", "district", aliases=("市政处",)),
    unit("works@sub-01", "branch_office", "works", serves="sub-01", aliases=("桥西市政处",)),
    unit("sub-01", "subdistrict", "district", aliases=("桥西街道办",)),
)  # fmt: skip


@cache
def lexicon() -> Lexicon:
    return Lexicon(WORDS, SOUNDS, names_of(UNITS))


def verdict(text: str, channel: Any = "web", item: str | None = None, **policy: Any) -> Verdict:
    return judged(lexicon(), LanePolicy(**policy), text, channel, item)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("有人吸毒", id="as-written"),
        pytest.param("有人吸 毒", id="a-blank"),
        pytest.param("有人吸\u200b毒", id="a-zero-width-blank"),
        pytest.param("有人吸·毒", id="a-dot"),
        pytest.param("有人吸，毒，天天", id="torn-by-marks"),
        pytest.param("有人吸x毒", id="a-letter-between"),
        pytest.param("有人吸读", id="a-homophone"),
        pytest.param("有人西毒", id="the-other-homophone"),
        pytest.param("有人吸DU", id="one-character-in-letters"),
        pytest.param("有人ＸＩ ＤＵ", id="full-width-letters"),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert verdict(text).lane == "drugs"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("西独", id="sounds-alike-and-nothing-is-as-it-is"),
        pytest.param("反吸毒宣传栏", id="a-harmless-phrase"),
        pytest.param("货车堵路", id="without-the-word-beside-it"),
        pytest.param("晚上访客多", id="inside-other-words"),
        pytest.param("我走得早上，访客来得晚", id="across-two-clauses"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_means_no_harm_is_ordinary(text: str) -> None:
    assert verdict(text) == Verdict()


def test_a_word_counts_in_its_channels_only_and_machines_write_none() -> None:
    assert verdict("赌博", "web").lane == "drugs"
    assert verdict("赌博", "hotline").lane == "ordinary"
    assert verdict("吸毒", "sensor").lane == "ordinary"


def test_category_and_channel_decide_before_the_words() -> None:
    assert verdict("吸毒", item="2405").lane == "discipline"
    assert verdict("吸毒", of_channel={"web": "petition"}).lane == "petition"
    assert verdict("路灯不亮", item="2304").lane == "drugs"
    assert verdict("路灯不亮", "sensor", item="2304").lane == "drugs"


@pytest.mark.parametrize("words", list(permutations(("受贿", "吸毒", "上访"))), ids="-".join)
def test_of_several_lanes_the_one_that_accuses_officials_counts(words: tuple[str, ...]) -> None:
    assert verdict("和".join(words)).lane == "discipline"


def test_lives_come_before_papers_and_a_sensitive_reporter_is_told_too() -> None:
    assert verdict("法院判决后着火").route == "emergency_119"
    assert (verdict("吸毒后着火").lane, verdict("吸毒后着火").route) == ("drugs", "emergency_119")
    assert verdict("吸毒后着火").named == "drugs"


def test_what_may_be_a_state_secret_is_that_before_anything_else() -> None:
    found = verdict("机密文件说有人吸毒")

    assert (found.is_secret, found.named) == (True, "state_secret")


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        pytest.param("投诉市政处", ("works",), id="a-complaint-before-its-alias"),
        pytest.param("works推诿", ("works",), id="its-name-before-its-conduct"),
        pytest.param("桥西街道办推诿", ("sub-01",), id="a-subdistrict-by-its-office"),
        pytest.param("桥西市政处推诿", ("works@sub-01",), id="the-longer-name-counts"),
        pytest.param("投诉sub-01", (), id="a-subdistricts-own-name-is-a-place"),
        pytest.param("请市政处来修", (), id="named-only"),
        pytest.param("市政处修的路，物业推诿", (), id="in-another-clause"),
        pytest.param("市政处说物业推诿", (), id="somebody-else-between"),
        pytest.param("投诉楼下那家很吵的小饭馆请市政处来", (), id="too-far-apart"),
    ],
)
def test_a_unit_is_accused_beside_a_word_of_complaint(text: str, accused: tuple[str, ...]) -> None:
    assert accused_in(lexicon().read(text, "web")) == accused


def test_the_districts_name_may_be_left_out_before_a_department() -> None:
    named = dict(names_of((unit("青桐区", "district", None), unit("青桐区水务局", "department", "district"))))

    assert set(named) == {"青桐区水务局", "水务局"}


def test_without_words_and_names_nothing_is_found() -> None:
    assert Lexicon((), ()).read("吸毒", "web").hits == ()


@given(st.text(max_size=60))
def test_plain_text_has_nothing_inserted(text: str) -> None:
    once = plain(text)

    assert all(character.isalnum() or character == "|" for character in once)


@given(st.sampled_from(["吸毒", "上访", "尚访"]), st.text(alphabet=" .*·-_~\u200b\ufeff🙂", max_size=5))
def test_no_inserted_marks_hide_a_word(word: str, inserted: str) -> None:
    torn = inserted.join(word)

    assert verdict(f"有人{torn}了").lane != "ordinary"
