"""What is personal in free text does not travel; what only looks so stays readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.masking import is_identity_number, masked, masked_address


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("电话13812345678，急", "电话138****5678，急", id="mobile"),
        pytest.param("138 1234 5678", "138****5678", id="mobile-in-groups"),
        pytest.param("138-1234-5678", "138****5678", id="mobile-with-dashes"),
        pytest.param("+8613812345678", "+86138****5678", id="mobile-with-country-code"),
        pytest.param("１３８１２３４５６７８", "138****5678", id="full-width-mobile"),
        pytest.param("座机0471-6681234", "座机0471-****1234", id="landline"),
        pytest.param("身份证11010519491231002X。", "身份证110105********002X。", id="identity-number"),
        pytest.param("蒙A12345停在路口", "蒙A***45停在路口", id="plate"),
        pytest.param("京AD12345", "京A***45", id="green-plate"),
        pytest.param("发到wang.fang@example.com", "发到w***@example.com", id="mail"),
    ],
)
def test_personal_data_is_starred_out(written: str, shown: str) -> None:
    assert masked(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("路灯编号110105194912310021不亮", id="eighteen-digits-with-a-wrong-check-digit"),
        pytest.param("井盖编号20260302000042", id="a-long-number"),
        pytest.param("3号楼2单元", id="a-building"),
        pytest.param("共计12345元", id="an-amount"),
        pytest.param("ＡＢＣＤ座", id="full-width-letters"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_text_stays_as_it_was_written(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("建设路8号3号楼2单元501室", "建设路8号3号楼***", id="stairway-and-room"),
        pytest.param("阳光小区5栋1203", "阳光小区5栋***", id="bare-room-number"),
        pytest.param("人民公园东门", "人民公园东门", id="no-building"),
    ],
)
def test_an_address_is_shown_down_to_the_building(written: str, shown: str) -> None:
    assert masked_address(written) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "电话", "，", "a", " ", "。谢谢"]))
def test_no_mobile_number_survives_between_any_words(number: str, around: str) -> None:
    assert number not in masked(f"{around}{number}{around}")


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_exactly_one_check_digit_fits(first: str) -> None:
    assert sum(is_identity_number(first + digit) for digit in "0123456789X") == 1
