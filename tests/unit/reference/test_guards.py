"""What no rule may override: duties, recusal, lanes, and what comes after a return."""

import msgspec
import pytest

from services.contracts.events import Limits
from services.reference.deciding.decide import decide, redecide
from services.reference.model.organisation import COMMAND_CENTER
from tests.unit.reference.town import HERE, THERE, a_report, a_return, rule, the_town

FIRST_LIMITS = Limits(promise="3wd", sign_in="1wd", handling="2wd", verification="1wd", follow_up="2wd")


@pytest.mark.parametrize(
    ("place", "lead"),
    [
        pytest.param(HERE, "sub-01", id="a-subdistrict-that-took-the-duty-over-leads"),
        pytest.param(THERE, "urban_management", id="elsewhere-the-department-leads"),
    ],
)
def test_a_departments_duty_stays_where_it_was_not_taken_over(place: object, lead: str) -> None:
    decision = decide(a_report(item="1001", place=place), the_town(), 1)

    assert decision.lead == lead
    assert lead not in decision.cooperating


def test_a_city_without_delegated_powers_has_no_grassroots_leads() -> None:
    town = the_town(duty_lists=())

    assert decide(a_report(item="1001"), town, 1).lead == "urban_management"
    assert decide(a_report(item="2401"), town, 1).lead == "police"


def test_a_rule_that_hands_a_duty_to_the_grassroots_without_an_item_is_not_followed() -> None:
    town = the_town(rule("push-down", keywords=("垃圾",), lead="community"))

    decision = decide(a_report(text="垃圾"), town, 1)

    assert (decision.lead, decision.consulting) == (COMMAND_CENTER, True)


@pytest.mark.parametrize(
    ("accused", "lead"),
    [
        pytest.param(("drainage",), COMMAND_CENTER, id="its-supervisor-takes-it"),
        pytest.param(("drainage", COMMAND_CENTER), "discipline_inspection", id="who-is-accused-too-is-skipped"),
        pytest.param(("sanitation",), "drainage", id="an-accused-cooperator-does-not-change-the-lead"),
    ],
)
def test_nobody_leads_a_complaint_about_themselves(accused: tuple[str, ...], lead: str) -> None:
    decision = decide(a_report(item="0203", accused=accused), the_town(), 1)

    assert decision.lead == lead
    assert not {decision.lead, *decision.cooperating} & set(accused)


def test_what_was_decided_before_does_not_help_the_accused() -> None:
    town = the_town()
    decide(a_report("before", item="0203"), town, 1)

    decision = decide(a_report("complaint", item="0203", accused=("drainage", "sanitation")), town, 1)
    after = decide(a_report("after", item="0203"), town, 1)

    assert (decision.lead, decision.cooperating) == (COMMAND_CENTER, ())
    assert (after.lead, after.cooperating) == ("drainage", ("sanitation",))


def test_a_named_supervisor_comes_before_the_parent() -> None:
    town = the_town(duty_lists=())

    assert decide(a_report(item="1001", accused=("urban_management",)), town, 1).lead == "housing"


def test_what_is_below_an_accused_unit_is_recused_too() -> None:
    decision = decide(a_report(item="2401", accused=("sub-01",)), the_town(), 1)

    assert decision.lead == COMMAND_CENTER


def test_even_when_everybody_is_accused_the_case_has_an_owner() -> None:
    accused = tuple(unit.id for unit in the_town().version.organisation)

    assert decide(a_report(item="0203", accused=accused), the_town(), 1).lead


@pytest.mark.parametrize(
    ("lane", "lead"),
    [
        ("stability", "political_legal"),
        ("drugs", "police"),
        ("petition", "petition_office"),
        ("discipline", "discipline_inspection"),
    ],
)
def test_a_sensitive_report_goes_to_its_lane_alone(lane: str, lead: str) -> None:
    decision = decide(a_report(lane=lane, item="0203"), the_town(), 1)

    assert (decision.lead, decision.cooperating, decision.consulting) == (lead, (), False)
    assert decision.because.matched == (f"lane {lane}",)


def test_a_return_goes_to_the_suggested_department() -> None:
    again = redecide(a_return(a_report(item="0203"), "drainage", suggested="municipal_works"), the_town(), 1)

    assert (again.lead, again.attempt) == ("municipal_works", 2)
    assert again.because.matched == ("suggested by drainage",)


@pytest.mark.parametrize(
    ("suggested", "accused"),
    [
        pytest.param("drainage", (), id="tried-already"),
        pytest.param("nobody", (), id="no-unit"),
        pytest.param("sub-01", (), id="no-department"),
        pytest.param("housing", ("housing",), id="complained-about"),
    ],
)
def test_what_cannot_be_suggested_gives_way_to_the_next_rule(suggested: str, accused: tuple[str, ...]) -> None:
    town = the_town(rule("next", keywords=("积水",), lead="traffic_police"))
    report = a_report(item="0203", text="积水", accused=accused)

    again = redecide(a_return(report, "drainage", suggested=suggested), town, 1)

    assert (again.lead, again.because.rule) == ("traffic_police", "next")


def test_when_nobody_is_left_the_command_center_takes_the_return() -> None:
    again = redecide(a_return(a_report(item="0203"), "drainage", "sanitation", suggested="drainage"), the_town(), 1)

    assert (again.lead, again.consulting, again.attempt) == (COMMAND_CENTER, True, 3)


def test_no_return_moves_what_was_promised() -> None:
    returned = a_return(
        a_report(item="0203"), "drainage", suggested="housing", limits=FIRST_LIMITS, tier="S", urgency="urgent"
    )

    again = redecide(returned, the_town(), 1)

    assert (again.limits, again.tier, again.urgency) == (FIRST_LIMITS, "S", "urgent")


def test_a_corrected_item_counts_after_a_return() -> None:
    again = redecide(a_return(a_report(item="0203"), "drainage", item="0801"), the_town(), 1)

    assert (again.lead, again.item) == ("sanitation", "0801")


def test_the_rules_for_the_right_item_decide_a_corrected_case_and_its_limits_hold() -> None:
    town = the_town(rule("words", keywords=("积水",), lead="traffic_police"))
    report = a_report(item="0203", text="积水")
    wrong = a_return(report, item="0801", limits=FIRST_LIMITS, tier="S", urgency="urgent", corrected=True)

    again = redecide(msgspec.structs.replace(wrong, attempt=2), town, 1)

    plain = decide(a_report(item="0801"), town, 1)
    assert (again.lead, again.item, again.attempt) == (plain.lead, "0801", 2)
    assert (again.tier, again.urgency, again.limits.handling) == (plain.tier, plain.urgency, plain.limits.handling)
    assert again.limits.promise == FIRST_LIMITS.promise


def test_the_department_that_had_a_corrected_case_may_get_it_again() -> None:
    again = redecide(a_return(a_report(item="0203"), "drainage", item="0203", corrected=True), the_town(), 1)

    assert again.lead == decide(a_report(item="0203"), the_town(), 1).lead


def test_a_corrected_item_that_the_catalogue_lost_goes_to_the_command_center() -> None:
    again = redecide(a_return(a_report(), item="9999", corrected=True), the_town(), 1)

    assert (again.lead, again.consulting) == (COMMAND_CENTER, True)


def test_a_returned_sensitive_case_stays_among_the_lanes() -> None:
    report = a_report(lane="drugs")

    refused = redecide(a_return(report, "police", suggested="housing"), the_town(), 1)
    followed = redecide(a_return(report, "police", suggested="political_legal"), the_town(), 1)

    assert refused.lead == COMMAND_CENTER
    assert followed.lead == "political_legal"
