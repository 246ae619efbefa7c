"""Limits are read strictly, written back the same, and stretched upwards."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.worktime.limits import AMOUNT_MAX, Limit, Unit, UnreadableLimitError


@pytest.mark.parametrize("text", ["4wh", "0.5uh", "0.25wh", "15wd", "15d", "60wd", "2uh"])
def test_a_limit_is_written_back_as_it_was_read(text: str) -> None:
    assert str(Limit.parse(text)) == text


def test_trailing_zeros_do_not_make_another_limit() -> None:
    assert Limit.parse("4.0wh") == Limit.parse("4wh")
    assert str(Limit.parse("10.00wh")) == "10wh"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "天",
        "1紧急工作时制止",
        "种植季节15工作日",
        "4",
        "wh",
        "4 wh",
        " 4wh",
        "4wh\n",
        "-1wd",
        "0wd",
        "4h",
        "4WH",
        "４wh",
        "1e3wd",
    ],
)
def test_a_text_that_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLimitError):
        Limit.parse(text)


@pytest.mark.parametrize("text", ["0.5wd", "1.5d", "0.1uh", "99999wd", "1/2wd", "NaNwd"])
def test_an_amount_finer_or_larger_than_the_unit_allows_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLimitError):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("text", "factor", "product"),
    [
        pytest.param("5wd", 0.5, "3wd", id="half-of-five-days-rounds-up-to-whole-days"),
        pytest.param("1wd", 0.5, "1wd", id="never-less-than-one-day"),
        pytest.param("1uh", 0.3, "0.5uh", id="hours-round-up-to-quarters"),
        pytest.param("10wd", 1.1, "11wd", id="binary-fractions-add-no-day"),
        pytest.param("4wh", 2, "8wh", id="twice"),
        pytest.param("15d", Decimal("0.5"), "8d", id="natural-days-are-whole"),
    ],
)
def test_a_stretched_limit_rounds_up_to_its_grain(text: str, factor: float, product: str) -> None:
    assert str(Limit.parse(text).times(factor)) == product


@pytest.mark.parametrize("factor", [0, -1, AMOUNT_MAX * 2])
def test_a_factor_that_leaves_no_sensible_limit_is_refused(factor: float) -> None:
    with pytest.raises(UnreadableLimitError):
        Limit.parse("1wd").times(factor)


@given(st.integers(1, 4 * AMOUNT_MAX), st.sampled_from(Unit))
def test_every_limit_survives_being_written(quarters: int, unit: Unit) -> None:
    amount = Decimal(quarters) * Decimal("0.25") if unit in {"uh", "wh"} else Decimal(min(quarters, AMOUNT_MAX))
    limit = Limit(amount, unit)

    assert Limit.parse(str(limit)) == limit
