"""X-12: three rates with weights; hand-computed example; exclusion removes from both sides.

Ten cases of March 2026, counted by hand:

| case | due | contacted | closed | the reporter says | |
|---|---|---|---|---|---|
| 1 | 10 March | 9 | 9 | satisfied | |
| 2 | 10 | 9 | 10 | basically satisfied | |
| 3 | 10 | 12, late | 12, late | unsatisfied | |
| 4 | 10 | 8 | 9 | gives 5 of 5 | |
| 5 | 10 | never | never | – | open |
| 6 | 10 | 9 | 9 | no answer: not valid | |
| 7 | 10 | 9, no contact known | 9 | – | |
| 8 | 10 | never | 12, late | unsatisfied | left out by review |
| 9 | 5 April | 20 | never | – | not due yet |
| 10 | 10 | 9 | rejected as unlawful: never a case | – | |
"""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.appraisal.domain.measures import measures_of
from services.appraisal.domain.periods import period_of
from services.appraisal.domain.rates import Rate, Rates, composite_of, percent, rates_of
from services.contracts.events.life import Rejected
from services.reference.model.appraising import RATES, AppraisalPolicy, RateDefinition, RateName
from tests.unit.appraisal.stories import Story

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)


def march(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


def a_case(name: str) -> Story:
    return Story(name, march(6), march(10))


def ten_cases() -> list[Story]:
    later = Story("9", march(15), march(10) + timedelta(days=26))
    return [
        a_case("1").handled(march(9)).closed(march(9, 11)).called(march(10), "satisfied"),
        a_case("2").handled(march(9)).closed(march(10)).called(march(11), "basically_satisfied"),
        a_case("3").handled(march(12)).closed(march(12, 11)).called(march(13), "unsatisfied"),
        a_case("4").handled(march(8)).closed(march(9)).rated(march(9, 12), 5),
        a_case("5"),
        a_case("6").handled(march(9)).closed(march(9, 11)).called(march(10), "no_answer"),
        a_case("7").handled(march(9)).closed(march(9, 11)).without_contact(),
        a_case("8").closed(march(12)).called(march(13), "unsatisfied").left_out(march(20)),
        later.handled(march(20)),
        a_case("10").handled(march(9)).then(Rejected("unlawful_or_immoral", "依法不予受理"), march(9, 11)),
    ]


def rates(stories: list[Story], policy: AppraisalPolicy | None = None) -> Rates:
    records = [story.record(MARCH.ends) for story in stories]
    return rates_of(policy or AppraisalPolicy(), [measures_of(one, MARCH) for one in records if one is not None])


def test_each_rate_is_what_a_hand_counts() -> None:
    counted = rates(ten_cases())

    # Reported in March: 1 to 7 and 9 (8 is left out, 10 never was a case). Closed: 1, 2, 3, 4, 6, 7.
    assert counted["closure"] == Rate(Fraction(6), 8)
    # Due in March: 1 to 7. Closed in time: 1, 2 (at the very instant), 4, 6, 7.
    assert counted["on_time"] == Rate(Fraction(5), 7)
    # Due and within reach: 1 to 6. Talked to in time: 1, 2, 4, 6.
    assert counted["response"] == Rate(Fraction(4), 6)
    # A valid word: 1, 2, 3, 4. Solved: 1 and 4; partly: 2, which counts 0 by default.
    assert counted["resolution"] == Rate(Fraction(2), 4)
    # 1 (1) + 2 (0.6) + 3 (0) + 4 (1) = 2.6 of 4.
    assert counted["satisfaction"] == Rate(Fraction(26, 10), 4)


def test_the_composite_weighs_the_three_rates() -> None:
    # 0.30 × 4/6 + 0.35 × 2/4 + 0.35 × 2.6/4 = 0.2 + 0.175 + 0.2275 = 0.6025
    assert composite_of(AppraisalPolicy(), rates(ten_cases())) == Fraction(6025, 10_000)
    assert percent(Fraction(6025, 10_000)) == "60.3"


def test_closed_of_reported_and_in_time_of_due_are_two_figures() -> None:
    counted = rates(ten_cases())

    assert percent(counted["closure"].value) == "75.0"
    assert percent(counted["on_time"].value) == "71.4"


def test_an_excluded_case_leaves_both_sides_of_every_rate() -> None:
    stories = ten_cases()
    without = rates([story for story in stories if story.name != "8"])
    kept = rates([*stories[:7], a_case("8").closed(march(12)).called(march(13), "unsatisfied"), *stories[8:]])

    assert rates(stories) == without
    assert (kept["closure"], kept["on_time"]) == (Rate(Fraction(7), 9), Rate(Fraction(5), 8))
    assert (kept["response"].of, kept["resolution"].of, kept["satisfaction"].of) == (7, 5, 5)


def test_definitions_and_weights_are_reference_data() -> None:
    half = RateDefinition(
        name_zh="解决率", name_en="resolution", counts={"solved": Decimal(1), "partly_solved": Decimal("0.5")},
        of="followed_up",
    )  # fmt: skip
    weights: dict[RateName, Decimal] = {"response": Decimal(0), "resolution": Decimal(1), "satisfaction": Decimal(0)}
    policy = AppraisalPolicy(rates=RATES | {"resolution": half}, weights=weights)
    policy = msgspec.json.decode(msgspec.json.encode(policy), type=AppraisalPolicy)

    counted = rates(ten_cases(), policy)

    assert counted["resolution"] == Rate(Fraction(5, 2), 4)
    assert composite_of(policy, counted) == Fraction(5, 8)


def test_a_rate_of_nothing_has_no_value_and_leaves_its_weight_to_the_rest() -> None:
    counted = rates([a_case("1").handled(march(9)).closed(march(9, 11))])

    assert counted["satisfaction"].value is None
    assert percent(counted["satisfaction"].value) is None
    assert composite_of(AppraisalPolicy(), counted) == 1


@pytest.mark.parametrize(("closed", "again"), [(march(9), march(16)), (march(9), march(18))])
def test_a_case_that_begins_again_is_in_time_only_if_every_promise_was_kept(closed: datetime, again: datetime) -> None:
    story = a_case("1").handled(march(8)).closed(closed).begun_again(march(11), due_at=march(17)).closed(again)

    assert rates([story])["on_time"] == Rate(Fraction(again <= march(17)), 1)


def test_facts_count_the_same_in_whatever_order_and_however_often_they_came() -> None:
    stories = ten_cases()
    shuffled = ten_cases()
    for story in shuffled:
        story.events = [*reversed(story.events), story.events[0]]

    assert rates(shuffled) == rates(stories)
