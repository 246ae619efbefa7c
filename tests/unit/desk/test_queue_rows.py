"""What a row of the queue says: its card, its own deadline, and what a cursor is bound to."""

from datetime import timedelta

import pytest

from services.contracts.events.progress import Card, Step
from services.desk.domain.cards import RunningClock, worst_card
from services.desk.domain.queue import Expected, FoundTask, QueueAsked, QueueFilter, shown
from tests.builders import MONDAY_NOON, an_id, the_policies

LATER = MONDAY_NOON + timedelta(hours=4)


def a_clock(next_step: Step | None, ladder: str = "overdue", unit: str = "drainage") -> RunningClock:
    return RunningClock("handling", unit, MONDAY_NOON, ladder, next_step)


def a_task(expected: Expected | None, *running: RunningClock) -> FoundTask:
    return FoundTask(
        case_id=an_id("case"),
        number="20260302-case",
        item=None,
        state="dispatched",
        urgency="normal",
        subdistrict="sub-01",
        place=None,
        expected=expected,
        role="lead",
        unit="drainage",
        handling_unit="drainage",
        due_at=LATER,
        overdue=False,
        accepted_at=MONDAY_NOON,
        revision=1,
        version=1,
        whistle_open=None,
        reference_version=1,
        running=running,
        part="lead:drainage",
    )


@pytest.mark.parametrize(
    ("owed_next", "card"),
    [
        pytest.param("reminder", None, id="nothing-happened-yet"),
        pytest.param("limit", "blue", id="reminded"),
        pytest.param("letter", "yellow", id="over-the-limit"),
        pytest.param("supervision", "yellow", id="a-letter-was-sent"),
        pytest.param("bulletin_proposal", "red", id="supervised"),
        pytest.param(None, "red", id="climbed-to-the-top"),
    ],
)
def test_a_card_shows_how_far_the_clock_has_climbed(owed_next: Step | None, card: Card | None) -> None:
    assert worst_card([a_clock(owed_next)], the_policies()) == card


def test_of_several_clocks_the_worst_card_is_shown() -> None:
    clocks = [a_clock("limit"), a_clock("bulletin_proposal"), a_clock("letter")]

    assert worst_card(clocks, the_policies()) == "red"


def test_a_ladder_that_draws_no_cards_shows_none() -> None:
    assert worst_card([a_clock(None, ladder="urge"), a_clock(None, ladder="unheard-of")], the_policies()) is None


def test_another_units_lateness_is_not_on_my_row() -> None:
    mine, theirs, the_cases = a_clock("reminder"), a_clock(None, unit="sanitation"), a_clock("limit", unit="")

    assert list(a_task("handle", mine, theirs, the_cases).clocks()) == [mine, the_cases]


def test_signing_in_is_due_by_its_own_clock_and_the_rest_with_the_row() -> None:
    sign_in = RunningClock("sign_in", "drainage", MONDAY_NOON, "urge", "urge")

    assert shown(a_task("sign_in", sign_in), None).expected_by == MONDAY_NOON
    assert shown(a_task("handle", sign_in), None).expected_by == LATER
    assert shown(a_task("sign_in"), None).expected_by == LATER


def test_a_cursor_is_bound_to_the_filter_and_not_to_the_size_of_a_page() -> None:
    small, large = QueueAsked(state="handled", limit=10), QueueAsked(state="handled", limit=200, cursor="x")

    assert small.filter() == large.filter() == QueueFilter(state="handled")
