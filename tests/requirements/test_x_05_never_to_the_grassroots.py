"""X-05: a rule with department power and lead=subdistrict/community is refused unless on its duty list."""

from pathlib import Path

import pytest

from services.contracts.events import Place
from services.reference.deciding.decide import decide
from services.reference.model.organisation import GRASSROOTS
from services.reference.sheets.refusals import SheetsRefusedError
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets
from tests.unit.reference.test_default_rules import shipped
from tests.unit.reference.town import a_report, rule, the_town


def refusals_of(folder: Path, row: str) -> list[str]:
    write_sheets(folder, {"city/rules.csv": FILES["city/rules.csv"] + row})
    with pytest.raises(SheetsRefusedError) as refused:
        read_sheets(folder)
    return [str(refusal) for refusal in refused.value.refusals]


@pytest.mark.parametrize("lead", ["subdistrict", "sub-01", "community", "com-0101", "grid", "grid-0101-01"])
def test_a_rule_that_pushes_a_departments_duty_down_is_refused(tmp_path: Path, lead: str) -> None:
    (refusal, *_) = refusals_of(tmp_path, f"push,水浸,0203,{lead},,,\n")

    assert refusal.startswith("rules, row 4, lead: a department's duty never goes to the grassroots")
    assert "item 0203" in refusal


def test_a_rule_without_an_item_is_refused_too(tmp_path: Path) -> None:
    (refusal, *_) = refusals_of(tmp_path, "push,水浸,,subdistrict,,,\n")

    assert "(none named)" in refusal


@pytest.mark.parametrize("lead", ["subdistrict", "sub-01"])
def test_a_rule_for_what_was_taken_over_is_read(tmp_path: Path, lead: str) -> None:
    write_sheets(tmp_path, {"city/rules.csv": FILES["city/rules.csv"] + f"taken,夜市,1001,{lead},,,\n"})

    assert [rule.id for rule in read_sheets(tmp_path).rules][-1] == "taken"


def test_an_item_that_the_grassroots_lead_says_whose_duty_it_is(tmp_path: Path) -> None:
    without = FILES["city/catalogue.csv"].replace("police,drainage,S", "police,,S")
    write_sheets(tmp_path, {"city/catalogue.csv": without})

    with pytest.raises(SheetsRefusedError, match="catalogue, row 3, duty_of: missing"):
        read_sheets(tmp_path)


@pytest.mark.parametrize("lead", ["subdistrict", "community", "sub-01", "com-0101"])
def test_the_router_does_not_follow_such_a_rule_either(lead: str) -> None:
    town = the_town(rule("push", keywords=("水浸",), item="0203", lead=lead))

    decision = decide(a_report(text="水浸"), town, 1)

    assert town.organisation.unit(decision.lead).kind not in GRASSROOTS


def test_no_item_reaches_the_grassroots_where_nothing_was_delegated() -> None:
    reference = shipped(delegated=False)
    places = [unit.id for unit in reference.organisation.units.values() if unit.kind == "community"]

    for code in reference.items:
        for community in places[::10]:
            report = a_report(item=code, place=Place(community=community))
            assert reference.organisation.unit(decide(report, reference, 1).lead).kind not in GRASSROOTS
