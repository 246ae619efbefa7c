"""S2-06: duty list per community; an item off the list to a community -> refused, goes one tier up."""

from datetime import date
from pathlib import Path

import pytest

from services.reference.deciding.decide import decide
from services.reference.model.duties import Duty
from services.reference.sheets.refusals import SheetsRefusedError
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets
from tests.unit.reference.town import DUTIES, HERE, THERE, a_report, rule, the_town


def duty(unit: str, **changes: date) -> Duty:
    return Duty(unit=unit, item="2401", admission="ZR-2", approved_on=date(2025, 12, 1), **changes)


def lead_of(*duties: Duty, place: object = HERE) -> str:
    return decide(a_report(item="2401", place=place), the_town(duty_lists=duties), 1).lead


def test_every_community_has_a_list_of_its_own() -> None:
    assert lead_of(duty("com-0101")) == "com-0101"
    assert lead_of(duty("com-0101"), place=THERE) == "police"


def test_off_the_communitys_list_it_goes_one_tier_up() -> None:
    assert lead_of(duty("sub-01")) == "sub-01"


def test_off_every_list_it_stays_with_the_department() -> None:
    assert lead_of() == "police"


def test_every_step_up_is_told() -> None:
    town = the_town(duty_lists=(duty("sub-01"),))

    decision = decide(a_report(item="2401"), town, 1)

    assert decision.because.notes == ("item 2401 is not on the duty list of com-0101",)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "lead"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 3), "com-0101", id="today-only"),
        pytest.param(date(2026, 1, 1), date(2026, 3, 2), "police", id="taken-off-the-list-today"),
        pytest.param(date(2026, 3, 3), date(2027, 1, 1), "police", id="on-the-list-from-tomorrow"),
    ],
)
def test_a_list_holds_on_its_days(valid_from: date, valid_to: date, lead: str) -> None:
    assert lead_of(duty("com-0101", valid_from=valid_from, valid_to=valid_to)) == lead


def test_a_rule_for_a_community_off_its_list_is_refused(tmp_path: Path) -> None:
    rules = FILES["city/rules.csv"] + "push,楼道,1001,com-0101,,,\n"
    write_sheets(tmp_path, {"city/rules.csv": rules})

    with pytest.raises(
        SheetsRefusedError, match=r"rules, row 4, lead: .*com-0101 has no approved admission for item 1001"
    ):
        read_sheets(tmp_path)


def test_even_a_rule_that_was_published_is_not_followed() -> None:
    town = the_town(rule("push", keywords=("楼道",), item="1001", lead="com-0101"), duty_lists=DUTIES)

    assert decide(a_report(text="楼道"), town, 1).lead == "sub-01"
