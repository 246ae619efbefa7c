"""S0-05: of 41,548 reports 41,132 are closed, 99.0 %; what is open is listed, and the on-time rate stands beside it.

A two-hundredth of them here, on real processes that are killed; `make replay` lives through all.
"""

import pytest

from services.board.domain.rates import percent
from tests.replay.fixture import Lived
from tests.replay.stories import BY_OUR_STEPS, ON_TIME, STILL_OPEN

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


def test_99_in_a_hundred_are_closed(replayed: Lived) -> None:
    rates = replayed.outcome.rates

    assert (rates.reported, rates.closed, rates.open) == (208, 206, 2)
    assert percent(rates.closure_rate) == "99.0 %"


def test_exactly_what_nobody_finished_is_open_and_listed(replayed: Lived) -> None:
    listed = {row["number"] for row in replayed.outcome.still_open}

    assert len(listed) == 2
    assert listed == replayed.meant_to_stay_open


def test_the_on_time_rate_is_another_figure_and_says_what_it_is_made_up_of(replayed: Lived) -> None:
    rates, parts = replayed.outcome.rates, replayed.outcome.parts

    assert 0 < rates.on_time < rates.due == rates.reported
    assert percent(rates.on_time_rate) != percent(rates.closure_rate)
    assert parts.total() == rates.due
    assert (parts[ON_TIME], parts[STILL_OPEN]) == (rates.on_time, rates.left_overdue)
    assert parts[BY_OUR_STEPS] == 0
