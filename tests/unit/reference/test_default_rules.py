"""The rules we ship, on the sample district and its sentences: S0-03, S1-04."""

import csv
import re
from functools import cache
from typing import Any

import pytest

from deploy.embedded.state import PROJECT
from services.contracts.events import Place
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.lint.checks import lint
from services.reference.model.organisation import GRASSROOTS
from services.reference.sheets.district import read_version
from tests.unit.reference.town import a_report

CITY, DISTRICT = PROJECT / "deploy/reference", PROJECT / "deploy/demo/district"
DOMAINS_MIN, ITEMS_MIN, TEXT_RULES_MIN = 18, 115, 120
SHARE_OF_LEADS_MIN = 0.9
"""Of sentences in which a reporter names no item, how many must reach the department that the item names."""


@cache
def shipped(*, delegated: bool = True) -> CompiledReference:
    return compile_version(read_version(CITY, DISTRICT, delegated=delegated))


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    with (PROJECT / "deploy/demo/sentences.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return tuple((row["item"], re.sub(r"\{.*?\}", "某处", row["sentence"])) for row in rows)


@cache
def a_place() -> str:
    return next(unit.id for unit in shipped().version.organisation if unit.polygons)


def lead_of(reference: CompiledReference, **report: Any) -> str:
    return decide(a_report(place=Place(grid=a_place()), **report), reference, 1).lead


def test_the_catalogue_and_the_rules_are_as_large_as_promised() -> None:
    version = shipped().version

    assert len({item.domain_code for item in version.catalogue}) >= DOMAINS_MIN
    assert len(version.catalogue) >= ITEMS_MIN
    assert sum(bool(rule.keywords) for rule in version.rules) >= TEXT_RULES_MIN
    assert len({rule.item[:2] for rule in version.rules if rule.item}) >= DOMAINS_MIN


def test_sentences_reach_the_department_without_naming_an_item() -> None:
    told = [(item, text) for item, text in sentences() if item]

    right = sum(lead_of(shipped(), text=text) == lead_of(shipped(), item=item) for item, text in told)

    print(f"{right} of {len(told)} sentences reach the lead that their item names")  # noqa: T201 -- the table of S0-03
    assert right >= SHARE_OF_LEADS_MIN * len(told)


def test_what_is_nobodys_business_goes_to_the_command_center() -> None:
    strange = [text for item, text in sentences() if not item]

    assert strange
    assert {lead_of(shipped(), text=text) for text in strange} == {"district_command_center"}


@pytest.mark.parametrize("delegated", [True, False], ids=["delegated", "not-delegated"])
def test_every_item_has_exactly_one_lead_in_both_profiles(delegated: bool) -> None:  # noqa: FBT001 -- a parameter of pytest
    reference = shipped(delegated=delegated)

    for code in reference.items:
        decision = decide(a_report(item=code, place=Place(grid=a_place())), reference, 1)
        kind = reference.organisation.unit(decision.lead).kind
        assert decision.lead not in decision.cooperating
        assert delegated or kind not in GRASSROOTS


def test_no_rule_we_ship_is_dead_shadowed_or_decided_by_order() -> None:
    found = {finding.check for finding in lint(shipped())}

    assert found <= {"grassroots-without-duty"}


def test_powers_that_one_subdistrict_did_not_get_stay_with_the_department() -> None:
    reference = shipped()
    units = {unit.id for unit in reference.version.organisation if unit.kind == "subdistrict"}
    without = units - {unit for unit, code in reference.mandates.pairs if code == "1004"}

    assert without
    for unit_id in without:
        report = a_report(item="1004", place=Place(subdistrict=unit_id))
        assert decide(report, reference, 1).lead == "urban_management"
