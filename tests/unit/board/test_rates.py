"""Closure rate and on-time rate, computed by hand."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from services.board.domain.rates import Promise, Rates, percent, rates_of
from tests.builders import MONDAY_NOON

NOW = MONDAY_NOON
HOUR = timedelta(hours=1)


def promise(due: float, stopped: float | None = None, *, excluded: bool = False) -> Promise:
    """A promise due, and closed, so many hours from now."""
    at: datetime | None = None if stopped is None else NOW + stopped * HOUR
    return Promise(NOW + due * HOUR, at, excluded)


# One of each kind: closed in time, closed late, open and overdue, open and not yet due, closed before it is due.
ONE_OF_EACH = [promise(-5, -6), promise(-5, -4), promise(-1), promise(3), promise(3, -1)]


def test_both_rates_of_one_of_each_kind() -> None:
    rates = rates_of(ONE_OF_EACH, NOW)

    assert rates == Rates(reported=5, closed=3, due=3, on_time=1, left_overdue=1)
    assert (rates.closure_rate, rates.on_time_rate, rates.open) == (Fraction(3, 5), Fraction(1, 3), 2)


@pytest.mark.parametrize("left_out", range(5))
def test_an_exclusion_leaves_both_sides_of_both_rates(left_out: int) -> None:
    rest = [one for number, one in enumerate(ONE_OF_EACH) if number != left_out]
    marked = [
        Promise(one.due_at, one.stopped_at, excluded=number == left_out) for number, one in enumerate(ONE_OF_EACH)
    ]

    assert rates_of(marked, NOW) == rates_of(rest, NOW)


def test_closed_at_the_very_instant_is_on_time() -> None:
    assert rates_of([promise(-2, -2)], NOW).on_time == 1
    assert rates_of([promise(0)], NOW) == Rates(reported=1, closed=0, due=1, on_time=0, left_overdue=1)


def test_what_was_closed_later_was_open_then() -> None:
    assert rates_of([promise(-2, 1)], NOW) == Rates(reported=1, closed=0, due=1, on_time=0, left_overdue=1)


def test_nothing_reported_is_no_rate_at_all() -> None:
    rates = rates_of([], NOW)

    assert (rates.closure_rate, rates.on_time_rate) == (None, None)
    assert percent(rates.closure_rate) == "–"


def test_the_seeds_figure_is_closed_by_reported() -> None:
    seed = Rates(reported=41_548, closed=41_132, due=0, on_time=0, left_overdue=0)

    assert round(float(seed.closure_rate or 0) * 100, 3) == 98.999
    assert (percent(seed.closure_rate), seed.open) == ("99.0 %", 416)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(1, 3), "33.3 %"),
        (Fraction(2, 3), "66.7 %"),
        (Fraction(9995, 10_000), "100.0 %"),
        (Fraction(0), "0.0 %"),
    ],
)
def test_a_rate_is_printed_with_one_place_half_up(rate: Fraction, shown: str) -> None:
    assert percent(rate) == shown
