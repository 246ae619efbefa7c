"""Each check finds what was planted, and nothing in a version without it."""

import msgspec
import pytest

from services.reference.lint.checks import lint
from services.reference.model.rules import Rule, Window
from tests.unit.reference.town import DUTIES, UNITS, rule, the_town

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
