"""Each check finds what was planted, and nothing in a version without it."""

import msgspec
import pytest

from services.reference.lint.checks import lint
from services.reference.model.policies import Policies
from services.reference.model.rules import Rule, Window
from services.reference.sheets.checking_policies import check_policies
from tests.builders import the_policies
from tests.unit.reference.town import DUTIES, ITEMS, UNITS, rule, the_town

DRAINS = rule("drains", keywords=("雨水箅",), item="0203")


def found(*rules: Rule, **changes: object) -> set[tuple[str, str]]:
    return {(finding.check, finding.rule) for finding in lint(the_town(*rules, **changes))}


EVERYWHERE = (
    *DUTIES,
    msgspec.structs.replace(DUTIES[0], unit="sub-02"),
    msgspec.structs.replace(DUTIES[1], unit="com-0201"),
)


def test_a_sound_version_has_no_findings() -> None:
    assert found(DRAINS, duty_lists=EVERYWHERE) == set()


@pytest.mark.parametrize(
    ("rules", "finding"),
    [
        pytest.param(
            (DRAINS, rule("later", keywords=("雨水箅堵",), lead="housing")),
            ("shadowed", "later"),
            id="a-shorter-word-that-stands-first",
        ),
        pytest.param(
            (
                rule("all-day", keywords=("垃圾",), areas=("sub-01",), item="0801", priority=1),
                rule("inside", keywords=("垃圾",), areas=("sub-01",), channels=(), lead="housing"),
            ),
            ("shadowed", "inside"),
            id="a-higher-priority-that-accepts-everything",
        ),
        pytest.param(
            (DRAINS, rule("twin", keywords=("雨水箅", "雨水口"), lead="housing")),
            ("overlapping", "twin"),
            id="equals-with-another-lead",
        ),
        pytest.param(
            (rule("gone", keywords=("雨水箅",), areas=("com-9999",), item="0203"),),
            ("never-firing", "gone"),
            id="an-area-that-ended",
        ),
        pytest.param(
            (rule("contrary", items=("0203",), kind="incident", lead="housing"),),
            ("never-firing", "contrary"),
            id="a-component-asked-to-be-an-incident",
        ),
        pytest.param(
            (rule("dead", keywords=("雨水箅",), lead="abolished"),), ("dead-target", "dead"), id="a-lead-that-ended"
        ),
        pytest.param(
            (rule("helper", keywords=("雨水箅",), lead="drainage", cooperating=("bike_operator",)),),
            ("dead-target", "helper"),
            id="an-owner-role-nobody-fills",
        ),
    ],
)
def test_what_is_probably_a_mistake_is_found(rules: tuple[Rule, ...], finding: tuple[str, str]) -> None:
    assert finding in found(*rules)


def test_a_grassroots_lead_without_its_duty_list_is_found() -> None:
    assert ("grassroots-without-duty", "item:1001") in found()


@pytest.mark.parametrize(
    "narrower",
    [
        pytest.param(rule("elsewhere", keywords=("雨水箅",), areas=("sub-02",), lead="housing"), id="another-area"),
        pytest.param(
            rule("at-night", keywords=("雨水箅",), hours=Window.parse("22:00-06:00"), lead="housing"), id="an-hour"
        ),
    ],
)
def test_a_more_specific_rule_is_not_shadowed_by_a_general_one(narrower: Rule) -> None:
    assert found(DRAINS, narrower, duty_lists=EVERYWHERE) == set()


def test_every_unit_of_the_town_is_in_force() -> None:
    assert {unit.id for unit in UNITS} == set(the_town().organisation.units)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        pytest.param(
            {"limit": "4wh"}, {"signed in within 1wd, handled within 4wh"}, id="signed-in-after-it-is-handled"
        ),
        pytest.param(
            {"limit": "1wd", "urgency": "complex"},
            {"handled within 1wd and verified within 2wd, but promised within 2wd"},
            id="verified-after-it-was-promised",
        ),
        pytest.param({"limit": "1wd", "urgency": "complex", "source": "L"}, set(), id="the-law-leaves-nothing-for-it"),
        pytest.param({"limit": "1d"}, set(), id="limits-that-run-otherwise-are-not-compared"),
    ],
)
def test_limits_that_contradict_each_other_are_found(changes: dict[str, str], reasons: set[str]) -> None:
    town = the_town(catalogue=(msgspec.structs.replace(ITEMS[1], **changes),), policies=policies(None))

    findings = [finding for finding in lint(town) if finding.check == "contradicting-limits"]

    assert {(finding.rule, finding.reason) for finding in findings} == {("item:0203", reason) for reason in reasons}


def test_signing_in_and_verifying_take_at_most_their_share_of_handling() -> None:
    quick = msgspec.structs.replace(ITEMS[1], limit="4wh")
    town = the_town(catalogue=(quick, ITEMS[2]), policies=policies(0.5))

    limits = town.terms["0203"].limits

    assert (limits.sign_in, limits.handling, limits.verification, limits.promise) == ("2wh", "4wh", "2wh", "6wh")
    assert "contradicting-limits" not in {finding.check for finding in lint(town)}


@pytest.mark.parametrize("share", [0, -0.5, 1.5])
def test_a_share_of_handling_that_is_none_is_refused(share: float) -> None:
    refusals = check_policies(policies(share), {item.code: item for item in ITEMS})

    assert "stages.normal" in {refusal.column for refusal in refusals}


def policies(share: float | None) -> Policies:
    """Return the city's policies with that share of handling for signing in and verifying."""
    shipped = the_policies()
    stages = {name: msgspec.structs.replace(stage, of_handling_max=share) for name, stage in shipped.stages.items()}
    return msgspec.structs.replace(shipped, stages=stages)
