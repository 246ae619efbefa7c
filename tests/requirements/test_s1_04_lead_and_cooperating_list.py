"""S1-04: shipped set >= 18 domains / >= 115 items; validator catches 2 leads, lead=coop, unknown unit, no limit."""

from pathlib import Path

import pytest

from services.reference.sheets.refusals import SheetsRefusedError
from services.worktime.limits import Limit
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets
from tests.unit.reference.test_default_rules import shipped

DRAINS = "component,drainage,police,,D,normal,1wd,,Y"
DOMAINS_MIN, ITEMS_MIN = 18, 115


def test_the_shipped_list_is_as_large_as_asked_for() -> None:
    catalogue = shipped().version.catalogue

    assert len({item.domain_code for item in catalogue}) >= DOMAINS_MIN
    assert len({item.code for item in catalogue}) == len(catalogue) >= ITEMS_MIN


def test_every_item_has_one_lead_who_does_not_cooperate_a_tier_a_limit_and_its_source() -> None:
    for item in shipped().version.catalogue:
        assert ";" not in item.lead
        assert item.lead not in item.cooperating
        assert item.tier in {"G", "C", "S", "D"}
        assert Limit.parse(item.limit).count > 0
        assert item.source in {"Y", "L", "H", "I"}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        pytest.param("component,drainage;police,,,D,normal,1wd,,Y", "lead: names more than one", id="two-leads"),
        pytest.param(
            "component,police,police,,D,normal,1wd,,Y", "cooperating: police leads already", id="lead-is-coop"
        ),
        pytest.param("component,sewers,police,,D,normal,1wd,,Y", "lead: 'sewers' is no unit", id="an-unknown-lead"),
        pytest.param("component,drainage,sewers,,D,normal,1wd,,Y", "cooperating: 'sewers' is no unit", id="and-helper"),
        pytest.param("component,drainage,police,,D,normal,,,Y", "limit: missing", id="no-limit"),
        pytest.param(
            "component,drainage,police,,D,normal,尽快,,Y", "limit: '尽快' is no limit", id="an-unreadable-limit"
        ),
    ],
)
def test_an_item_that_cannot_be_is_refused_with_its_row_and_the_reason(
    tmp_path: Path, changed: str, refusal: str
) -> None:
    write_sheets(tmp_path, {"city/catalogue.csv": FILES["city/catalogue.csv"].replace(DRAINS, changed)})

    with pytest.raises(SheetsRefusedError) as refused:
        read_sheets(tmp_path)

    assert any(str(said).startswith(f"catalogue, row 2, {refusal}") for said in refused.value.refusals)
