"""Simulated people depend on seed and serial only, and a normal week is mostly on time."""

import pytest

from deploy.demo.behaviour import People, Shares
from deploy.demo.district import SEED, sample_district
from deploy.demo.replies import POINTS_AT

PEOPLE = People(SEED)
SERIALS = range(1, 2001)


def test_the_same_question_gets_the_same_answer_in_any_order() -> None:
    forwards = [PEOPLE.lead(serial, "drainage", 1) for serial in range(1, 40)]
    backwards = [People(SEED).lead(serial, "drainage", 1) for serial in range(39, 0, -1)]

    assert forwards == backwards[::-1]


@pytest.mark.parametrize("change", [(2, "drainage", 1), (1, "parks", 1), (1, "drainage", 2)])
def test_another_report_unit_or_cycle_is_another_draw(change: tuple[int, str, int]) -> None:
    assert PEOPLE.lead(*change).handles != PEOPLE.lead(1, "drainage", 1).handles


def test_ten_to_fifteen_of_a_hundred_cases_are_handled_late_or_not_unpushed() -> None:
    work = [PEOPLE.lead(serial, "sanitation", 1) for serial in SERIALS]

    late = sum(one.handles is None or one.handles > 1 for one in work)

    assert 0.10 <= late / len(work) <= 0.15
    assert any(one.signs_in is None for one in work)
    assert any(one.handles_once_pushed is None for one in work)


def test_nobody_handles_what_was_never_signed_in_unpushed() -> None:
    work = [PEOPLE.lead(serial, "sanitation", 1) for serial in SERIALS]

    assert all(one.handles is None for one in work if one.signs_in is None)


def test_some_report_in_late_and_some_never() -> None:
    arrivals = [PEOPLE.arrival(serial, "police@sub-03", 1).after for serial in SERIALS]

    assert 0.05 < sum(after is None for after in arrivals) / len(arrivals) < 0.2
    assert 0.05 < sum(after is not None and after > 1 for after in arrivals) / len(arrivals) < 0.2


def test_a_return_names_another_existing_unit_and_happens_once_per_department() -> None:
    units = {unit.id for unit in sample_district().units}
    returns = [(unit, PEOPLE.lead(serial, unit, 1).returns) for unit in POINTS_AT for serial in range(1, 100)]
    named = [(unit, back.suggested) for unit, back in returns if back]

    assert named
    assert all(suggested in units and suggested != unit for unit, suggested in named)
    assert all(PEOPLE.lead(serial, "drainage", 2).returns is None for serial in SERIALS)
    assert all(PEOPLE.lead(serial, "sub-03", 1).returns is None for serial in SERIALS)


def test_shares_can_make_a_perfect_week() -> None:
    perfect = People(SEED, Shares(**dict.fromkeys(Shares.__slots__, 0.0)))

    for serial in range(1, 200):
        work = perfect.lead(serial, "drainage", 1)
        assert work.returns is None
        assert all(0 < (share or 9) < 1 for share in (work.signs_in, work.handles))
        assert 0 < (perfect.arrival(serial, "drainage", 1).after or 9) < 1
        assert perfect.verdict(serial, 1).done
        assert perfect.opinion(serial).rating is None


def test_most_verdicts_are_good_and_most_opinions_too() -> None:
    verdicts = [PEOPLE.verdict(serial, 1).done for serial in SERIALS]
    ratings = [rating for serial in SERIALS if (rating := PEOPLE.opinion(serial).rating)]

    assert 0.9 < sum(verdicts) / len(verdicts) < 1
    assert sum(rating >= 4 for rating in ratings) > 0.6 * len(ratings)
    assert set(ratings) == {1, 2, 3, 4, 5}
