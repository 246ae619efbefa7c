"""Numbers are spoken and misheard; codes are guessed."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.numbers import NotANumberError, ReportNumber
from services.intake.domain.tracking import is_code_of, number_in, tail_mac, tracking_code

LATE = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
"""00:30 on 2026-03-02 in the district."""
REPORT = UUID(int=42)
KEY = b"k" * 32


def test_a_number_bears_the_day_on_the_wall_of_the_office() -> None:
    assert str(ReportNumber.of(LATE, 1, 42)).startswith("20260302-1-000042-")


@given(st.integers(1, 9_999), st.integers(1, 10**12 - 1))
def test_what_was_spelled_can_be_read(epoch: int, serial: int) -> None:
    number = ReportNumber.of(LATE, epoch, serial)

    assert ReportNumber.parse(f" {number} ") == number


@given(st.integers(1, 999_999), st.integers(0, 16), st.integers(1, 9))
def test_one_misheard_digit_is_noticed(serial: int, place: int, shift: int) -> None:
    spelled = str(ReportNumber.of(LATE, 1, serial))
    digits = [index for index, character in enumerate(spelled) if character.isdigit()]
    at = digits[place % len(digits)]
    misheard = f"{spelled[:at]}{(int(spelled[at]) + shift) % 10}{spelled[at + 1 :]}"

    with pytest.raises(NotANumberError):
        ReportNumber.parse(misheard)


@pytest.mark.parametrize("text", ["", "20260302", "20260302-1-42-7", "２０２６０３０２-1-000042-7", "x" * 10_000])
def test_other_words_are_no_number(text: str) -> None:
    with pytest.raises(NotANumberError):
        ReportNumber.parse(text)


def test_a_code_holds_its_number_and_fits_its_report_only() -> None:
    number = ReportNumber.of(LATE, 1, 42)

    code = tracking_code(str(number), REPORT, KEY)

    assert number_in(code) == number
    assert is_code_of(code, REPORT, KEY)
    assert is_code_of(code.lower(), REPORT, KEY)
    assert not is_code_of(code, UUID(int=43), KEY)
    assert not is_code_of(code, REPORT, b"other" * 8)


def test_a_code_has_128_bits_nobody_can_guess() -> None:
    seals = {tracking_code("n", UUID(int=serial), KEY).rpartition("-")[2] for serial in range(1_000)}

    assert len(seals) == 1_000
    assert {len(seal) for seal in seals} == {26}


def test_a_tail_is_kept_as_a_mac_of_the_last_four_digits() -> None:
    assert tail_mac("13812345678", KEY) == tail_mac("5678", KEY)
    assert tail_mac("13812345678", KEY) != tail_mac("13812345679", KEY)
    assert tail_mac("5678", KEY) != tail_mac("5678", b"other" * 8)
