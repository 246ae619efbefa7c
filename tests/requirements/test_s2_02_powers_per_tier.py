"""S2-02: an item whose power left the subdistrict on date X is routed to district after X, before X to subdistrict."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.reference.deciding.decide import decide
from services.reference.lint.checks import lint
from services.reference.model.duties import Power
from services.reference.sheets.refusals import SheetsRefusedError
from tests.unit.reference.sheets_of import FILES, read_sheets, write_sheets
from tests.unit.reference.town import DUTIES, HERE, THERE, a_report, rule, the_town

LEFT_ON = date(2026, 6, 1)
MIDNIGHT = datetime(2026, 5, 31, 16, tzinfo=UTC)
"""The first instant of 1 June in the district."""
UNTIL_JUNE = Power(item="1001", holder="subdistrict", valid_to=LEFT_ON, basis="99→56")
BOTH = (*DUTIES, msgspec.structs.replace(DUTIES[0], unit="sub-02"))


@pytest.mark.parametrize(
    ("at", "lead"),
    [
        pytest.param(MIDNIGHT - timedelta(days=90), "sub-01", id="long-before"),
        pytest.param(MIDNIGHT - timedelta(microseconds=1), "sub-01", id="on-the-last-day"),
        pytest.param(MIDNIGHT, "urban_management", id="on-the-day-it-left"),
        pytest.param(MIDNIGHT + timedelta(days=90), "urban_management", id="long-after"),
    ],
)
def test_the_day_of_the_report_says_whose_power_it_is(at: datetime, lead: str) -> None:
    town = the_town(powers=(UNTIL_JUNE,))

    # The same version, and in both orders: what was remembered of one day says nothing about another.
    first = decide(a_report(item="1001", accepted_at=MIDNIGHT + timedelta(days=1)), town, 1)
    decision = decide(a_report(item="1001", accepted_at=at), town, 1)

    assert first.lead == "urban_management"
    assert decision.lead == lead
    assert (lead == "sub-01") == (not decision.because.notes)


def test_the_reason_is_told() -> None:
    decision = decide(a_report(item="1001", accepted_at=MIDNIGHT), the_town(powers=(UNTIL_JUNE,)), 1)

    assert decision.because.notes == ("sub-01 does not hold the power for item 1001",)


def test_a_power_that_one_subdistrict_alone_holds_is_nobody_elses() -> None:
    town = the_town(duty_lists=BOTH, powers=(Power(item="1001", holder="sub-01", basis="试点"),))

    assert decide(a_report(item="1001", place=HERE), town, 1).lead == "sub-01"
    assert decide(a_report(item="1001", place=THERE), town, 1).lead == "urban_management"


def test_an_item_that_no_power_names_needs_none() -> None:
    assert decide(a_report(item="1001"), the_town(powers=()), 1).lead == "sub-01"


def test_a_duty_whose_holder_never_has_the_power_is_found() -> None:
    town = the_town(duty_lists=BOTH, powers=(Power(item="1001", holder="sub-01", basis="试点"),))

    (finding,) = [found for found in lint(town) if found.check == "without-power"]

    assert (finding.rule, finding.reason) == ("item:1001", "no power ever held by 1: sub-02")


def test_a_rule_for_a_subdistrict_without_the_power_is_refused(tmp_path: Path) -> None:
    rules = FILES["city/rules.csv"] + "push,夜市,1001,sub-01,,,\n"
    powers = FILES["district/powers.csv"].replace("1001,subdistrict", "1001,community")
    write_sheets(tmp_path, {"city/rules.csv": rules, "district/powers.csv": powers})

    with pytest.raises(SheetsRefusedError, match="rules, row 4, lead: sub-01 has no power for item 1001"):
        read_sheets(tmp_path)


def test_a_rule_by_name_follows_the_power_too() -> None:
    town = the_town(rule("vendors", keywords=("摆摊",), item="1001", lead="sub-01"), powers=(UNTIL_JUNE,))

    assert decide(a_report(text="有人摆摊"), town, 1).lead == "sub-01"
    assert decide(a_report(text="有人摆摊", accepted_at=MIDNIGHT), town, 1).lead == "urban_management"
