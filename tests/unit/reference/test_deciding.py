"""Which rule wins, who leads, and what the decision says about it."""

from datetime import datetime
from typing import Any

import pytest

from services.contracts.codec import encode
from services.contracts.events import Place
from services.reference.deciding.decide import decide, undecidable
from services.reference.model.duties import AssetOwner
from services.reference.model.rules import Rule, Window
from tests.unit.reference.town import DAWN, HERE, MORNING, NIGHT, OWNERS, THERE, a_report, rule, the_town

GENERAL = rule("general", keywords=("垃圾",), item="0801")
NARROW = rule("narrow", keywords=("垃圾",), with_keywords=("雨水箅",), item="0203")
NEAR = rule("near", keywords=("垃圾",), areas=("com-0101",), lead="housing")
NEARER = rule("nearer", keywords=("垃圾",), areas=("grid-0101-01",), lead="drainage")
AT_NIGHT = rule("at-night", keywords=("垃圾",), hours=Window.parse("22:00-06:00"), lead="police")
BY_PHONE = rule("by-phone", keywords=("垃圾",), channels=("hotline",), lead="traffic_police")
FIRST = rule("first", keywords=("垃圾",), lead="housing")
SECOND = rule("second", keywords=("垃圾",), lead="drainage")
HIGHER = rule("higher", keywords=("垃圾",), lead="police", priority=5)


@pytest.mark.parametrize(
    ("rules", "report", "winner"),
    [
        pytest.param((GENERAL,), {"text": "路边有垃圾"}, "general", id="a-keyword-in-the-text-is-enough"),
        pytest.param((GENERAL, NARROW), {"text": "垃圾堵了雨水箅"}, "narrow", id="two-groups-of-words-beat-one"),
        pytest.param((NARROW, GENERAL), {"text": "垃圾"}, "general", id="both-groups-must-be-found"),
        pytest.param((GENERAL, NEAR), {"text": "垃圾"}, "near", id="a-named-community-beats-everywhere"),
        pytest.param((NEAR, NEARER), {"text": "垃圾"}, "nearer", id="a-grid-beats-its-community"),
        pytest.param((NEAR, GENERAL), {"text": "垃圾", "place": THERE}, "general", id="an-area-holds-only-inside"),
        pytest.param((GENERAL, AT_NIGHT), {"text": "垃圾", "accepted_at": NIGHT}, "at-night", id="the-hour-counts"),
        pytest.param((GENERAL, AT_NIGHT), {"text": "垃圾", "accepted_at": DAWN}, "at-night", id="a-night-has-two-days"),
        pytest.param((AT_NIGHT, GENERAL), {"text": "垃圾"}, "general", id="by-day-the-night-rule-is-silent"),
        pytest.param((GENERAL, BY_PHONE), {"text": "垃圾", "channel": "hotline"}, "by-phone", id="the-channel-counts"),
        pytest.param((GENERAL,), {"text": "垃圾", "item": "0203"}, "item:0203", id="a-named-item-beats-words"),
        pytest.param((FIRST, HIGHER), {"text": "垃圾"}, "higher", id="of-equals-the-higher-priority"),
        pytest.param((FIRST, SECOND), {"text": "垃圾"}, "first", id="of-equals-the-first-in-the-sheet"),
        pytest.param((GENERAL,), {"text": "ＬＥＤ垃圾"}, "general", id="full-width-letters-do-not-hide-a-word"),
        pytest.param((GENERAL,), {"text": "风景很好"}, None, id="no-word-no-rule"),
        pytest.param((GENERAL,), {"text": None}, None, id="no-text-no-rule"),
    ],
)
def test_the_rule_that_wins(rules: tuple[Rule, ...], report: dict[str, Any], winner: str | None) -> None:
    decision = decide(a_report(**report), the_town(*rules), 1)

    assert decision.because.rule == winner


@pytest.mark.parametrize(
    ("kind_of_item", "winner"),
    [
        pytest.param("0203", "to-the-owner", id="a-component-goes-to-its-owner-first"),
        pytest.param("0801", "to-the-territory", id="an-incident-goes-to-its-territory-first"),
    ],
)
def test_between_equal_rules_the_principle_decides(kind_of_item: str, winner: str) -> None:
    territory = rule("to-the-territory", keywords=("坏了",), item=kind_of_item, lead="sub-01")
    owner = rule("to-the-owner", keywords=("坏了",), item=kind_of_item, lead="drainage")

    for rules in ((territory, owner), (owner, territory)):
        assert decide(a_report(text="坏了"), the_town(*rules), 1).because.rule == winner


def test_a_named_item_has_exactly_one_lead_and_roles_become_units() -> None:
    decision = decide(a_report(item="0101"), the_town(), 1)

    assert decision.lead == "municipal_works"
    assert decision.cooperating == ("water_company", "sub-01")
    assert (decision.tier, decision.urgency, decision.reference_version) == ("D", "emergency", 7)


def test_the_promise_is_the_handling_limit_times_the_factor_rounded_up() -> None:
    limits = decide(a_report(item="0203"), the_town(), 1).limits

    assert (limits.handling, limits.promise) == ("1wd", "2wd")


def test_the_explanation_names_the_conditions_and_the_beaten_rules() -> None:
    town = the_town(GENERAL, NEAR, NARROW)

    because = decide(a_report(text="雨水箅里都是垃圾"), town, 1).because

    assert because.rule == "narrow"
    assert because.matched == ("keyword 垃圾", "with 雨水箅")
    assert because.beaten == ("near", "general")


def test_the_owner_of_the_item_comes_before_the_owner_of_everything() -> None:
    owners = (*OWNERS, AssetOwner(role="asset_owner", area="sub-01", item="0101", unit="good_homes"))

    decision = decide(a_report(item="0101"), the_town(asset_owners=owners), 1)

    assert decision.cooperating == ("good_homes", "sub-01")


def test_the_smallest_area_with_an_owner_counts() -> None:
    owners = (*OWNERS, AssetOwner(role="asset_owner", area="com-0101", unit="good_homes"))

    decision = decide(a_report(item="0101"), the_town(asset_owners=owners), 1)

    assert decision.cooperating == ("good_homes", "sub-01")


def test_a_cooperator_that_nobody_is_gets_a_note() -> None:
    decision = decide(a_report(item="0101", place=THERE), the_town(), 1)

    assert decision.cooperating == ("sub-02",)
    assert decision.because.notes == ("cooperating asset_owner: nobody found at this place",)


@pytest.mark.parametrize(
    ("report", "note"),
    [
        pytest.param({"text": "今天天气不错"}, "no rule matches", id="no-rule"),
        pytest.param({"item": "9999"}, "item 9999 is not in the catalogue", id="an-unknown-item"),
        pytest.param(
            {"item": "0203", "place": Place(longitude=1.0, latitude=1.0)},
            "the place lies outside the district's grids",
            id="a-point-outside-the-district",
        ),
        pytest.param(
            {"item": "1503", "place": THERE},
            "lead property_company: nobody found at this place",
            id="a-lead-that-nobody-is",
        ),
    ],
)
def test_what_nobody_can_lead_goes_to_the_command_center(report: dict[str, Any], note: str) -> None:
    decision = decide(a_report(**report), the_town(), 1)

    assert (decision.lead, decision.consulting) == ("district_command_center", True)
    assert note in decision.because.notes
    assert decision.limits.handling


def test_an_emergency_outside_the_district_keeps_its_limits() -> None:
    decision = decide(a_report(item="0101", place=Place(longitude=1.0, latitude=1.0)), the_town(), 1)

    assert (decision.lead, decision.urgency, decision.limits.handling) == (
        "district_command_center",
        "emergency",
        "2uh",
    )


def test_without_a_place_a_department_still_leads() -> None:
    decision = decide(a_report(item="0203", place=Place()), the_town(), 1)

    assert (decision.lead, decision.consulting) == ("drainage", False)


def test_the_place_is_filled_in_from_the_grid() -> None:
    place = decide(a_report(place=HERE), the_town(), 1).report.place

    assert (place.grid, place.community, place.subdistrict) == ("grid-0101-01", "com-0101", "sub-01")


def test_the_same_report_and_version_give_the_same_bytes() -> None:
    report = a_report(text="雨水箅里都是垃圾")

    once = encode(decide(report, the_town(GENERAL, NARROW), 1))
    again = encode(decide(report, the_town(GENERAL, NARROW), 1))

    assert once == again


def test_a_restore_gives_other_event_ids() -> None:
    town = the_town()

    assert decide(a_report(), town, 1).event_id != decide(a_report(), town, 2).event_id


def test_a_report_on_which_the_rules_broke_has_an_owner_and_the_reason() -> None:
    decision = undecidable(a_report(item="0101"), 1, the_town(), 1, "the rules broke: KeyError")

    assert (decision.lead, decision.limits.handling) == ("district_command_center", "2uh")
    assert decision.because.notes == ("the rules broke: KeyError",)


def test_the_instant_of_the_decision_is_that_of_the_report() -> None:
    happened_at: datetime = decide(a_report(), the_town(), 1).happened_at

    assert happened_at == MORNING


PLACES = (
    Place(),
    HERE,
    THERE,
    Place(grid="grid-0101-02"),
    Place(grid="grid-0101"),
    Place(community="com-0101"),
    Place(subdistrict="sub-01"),
    Place(subdistrict="sub-02"),
)
WITH_ROLES = (
    rule("by-grid", keywords=("垃圾",), lead="drainage", cooperating=("grid", "property_company")),
    rule("by-owner", keywords=("水管",), lead="asset_owner", cooperating=("community", "subdistrict")),
    rule("by-nobody", keywords=("路灯",), lead="housing", cooperating=("bike_operator",)),
    rule("by-id", keywords=("树",), lead="sanitation", cooperating=("police",)),
)


@pytest.mark.parametrize(
    "owners",
    [
        pytest.param(OWNERS, id="owners-of-streets-and-communities"),
        pytest.param(
            (*OWNERS, AssetOwner(role="asset_owner", area="grid-0101-02", unit="good_homes")), id="and-of-one-grid"
        ),
        pytest.param((AssetOwner(role="asset_owner", area="district", unit="water_company"),), id="of-the-district"),
    ],
)
def test_what_is_remembered_is_what_would_be_found_anew(owners: tuple[AssetOwner, ...]) -> None:
    remembering = the_town(*WITH_ROLES, asset_owners=owners)

    for text in ("垃圾", "水管", "路灯", "树"):
        for item in (None, "0101", "0203", "1001", "2401"):
            for place in PLACES:
                report = a_report(text=text, item=item, place=place)
                anew = decide(report, the_town(*WITH_ROLES, asset_owners=owners), 1)
                assert encode(decide(report, remembering, 1)) == encode(anew)
